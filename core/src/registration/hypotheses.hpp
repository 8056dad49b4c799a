/// @file
/// Transforms that might lay one picture over another.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "geometry.hpp"
#include "likeness/image.hpp"
#include "likeness/registration.hpp"
#include "matching.hpp"
#include "plane.hpp"

namespace likeness::registration {

struct Hypothesis {
    Affine map;   ///< From a's overview to b's.
    int support;  ///< Matches that agree with it; 0 where it comes from the frames.
};

/// Whether a match agrees with what another one says of its own surroundings. Directions and scales
/// are coarse: the error grows with the distance.
[[nodiscard]] bool agrees(const Match& seed, const Match& match) noexcept;

/// Similarities that many matches of points agree with, best first.
[[nodiscard]] std::vector<Hypothesis> from_features(const PictureFeatures& a,
                                                    const PictureFeatures& b);

/// All of a picture, and what is left without borders of one colour.
using Frames = std::array<PictureFrame, 2>;

[[nodiscard]] Frames frames_of(const Plane& luma);

inline constexpr int orientations = 8;

/// One of the eight ways to lay the unit square upon itself; the first is the identity.
[[nodiscard]] Affine orientation_map(int index) noexcept;

/// The best of laying frame upon frame, in all eight orientations, as far as their aspect ratios
/// allow.
[[nodiscard]] std::optional<Hypothesis> from_frames(const Frames& a, const Frames& b);

}  // namespace likeness::registration
