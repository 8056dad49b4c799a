/// @file
/// What a turned or framed picture is filled up with: one colour, from its corners inwards.
#pragma once

#include "agreement.hpp"
#include "geometry.hpp"
#include "likeness/image.hpp"
#include "overlap.hpp"
#include "plane.hpp"

namespace likeness::registration {

/// 1 where a pixel is joined to a corner by pixels of the corner's colour, which at least three
/// corners must have; else 0.
[[nodiscard]] Plane fill_of(const Image& picture);

/// Takes tiles out that disagree because one of the pictures is filled up there: where its fill
/// reaches in from the overlap's edge, and the other picture shows something else all the way.
void leave_out_fill(Agreement& agreement, const LumaPair& luma, const Overlap& overlap,
                    const Affine& map, const Plane& fill_a, const Plane& fill_b);

}  // namespace likeness::registration
