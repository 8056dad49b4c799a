/// @file
/// Brings two pictures to one sharpness.
#pragma once

#include <vector>

#include "plane.hpp"
#include "tiles.hpp"

namespace likeness::registration {

/// The energy of detail of about a pixel, to that of about two: less in a blurred picture, more in
/// a noisy one. 0 for a plain one.
[[nodiscard]] double fineness(const Plane& plane);

/// Smooths the finer of two planes until both have about as much fine detail, by its energy: a
/// rough measure, but one that needs no alignment. Returns the smoothings: positive for a, negative
/// for b.
int equalise_fineness(Plane& a, Plane& b);

/// Smooths the finer of two planes that lie on each other for as long as that brings them nearer.
/// Returns the smoothings: positive for a, negative for b.
int match_bandwidth(Plane& a, Plane& b, const std::vector<Tile>& tiles);

}  // namespace likeness::registration
