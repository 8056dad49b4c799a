/// @file
/// Transforms that might lay one picture over another.
#pragma once

#include <optional>
#include <vector>

#include "geometry.hpp"
#include "likeness/image.hpp"
#include "likeness/registration.hpp"
#include "plane.hpp"

namespace likeness::registration {

struct Hypothesis {
    Affine map;   ///< From a's overview to b's.
    int support;  ///< Matches that agree with it; 0 where it comes from the frames.
};

/// Similarities that many matches of points agree with, best first.
[[nodiscard]] std::vector<Hypothesis> from_features(const PictureFeatures& a,
                                                    const PictureFeatures& b);

/// A picture's frame, and that of what is left without borders of one colour.
struct Frames {
    Plane small_whole;  ///< `side` × `side` pixels.
    Plane small_content;
    Box whole;  ///< In pixels of the overview.
    Box content;
    static constexpr int side = 32;
};

[[nodiscard]] Frames frames_of(const Plane& luma);

inline constexpr int orientations = 8;

/// One of the eight ways to lay the unit square upon itself; the first is the identity.
[[nodiscard]] Affine orientation_map(int index) noexcept;

/// The best of laying frame upon frame, in all eight orientations, as far as their aspect ratios
/// allow.
[[nodiscard]] std::optional<Hypothesis> from_frames(const Frames& a, const Frames& b);

}  // namespace likeness::registration
