/// @file
/// The part that two pictures have in common, cut out of both at one scale.
#pragma once

#include <optional>

#include "geometry.hpp"
#include "likeness/image.hpp"

namespace likeness::registration {

/// A picture at some resolution.
struct Source {
    const Image* pixels;
    Size size;  ///< Of the picture itself, whose pixels transforms are about.
};

struct Overlap {
    Image a;
    Image b;
    Affine map;   ///< From pixels of `a` to pixels of `b`; its scale is about 1.
    Affine to_a;  ///< From pixels of `a` to those of the picture a.
    Affine to_b;
    Size size_a;  ///< Of the picture a.
    Size size_b;

    /// From pixels of the picture a to those of b, where `inner` is what `map` has become.
    [[nodiscard]] Affine picture_map(const Affine& inner) const noexcept {
        return compose(to_b, compose(inner, inverse(to_a)));
    }
};

/// Cuts out the boxes around what lies in both pictures where `map` lays a over b, with about
/// `area` pixels in common, or as many as both have. Nothing where they have less than `least_side`
/// of pixels in common in one direction. `out-of-memory`.
[[nodiscard]] Result<std::optional<Overlap>> cut_overlap(const Source& a, const Source& b,
                                                         const Affine& map, double area);

}  // namespace likeness::registration
