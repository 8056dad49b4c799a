/// @file
/// Brings two pictures to one sharpness.
#pragma once

#include <vector>

#include "plane.hpp"
#include "pyramid.hpp"
#include "tiles.hpp"

namespace likeness::registration {

/// The energy of detail of about a pixel, to that of about two: less in a blurred picture, more in
/// a noisy one. 0 for a plain one.
[[nodiscard]] double fineness(const Plane& plane);

/// How often the finer of two pictures must be smoothed, at a level of each, until both have about
/// as much fine detail in the tiles, by its energy: a rough measure, but one that needs no
/// alignment. Both have been smoothed once. Positive for a, negative for b.
[[nodiscard]] int smoothings_to_equal(Pyramid& a, int level_a, const std::vector<Tile>& tiles_a,
                                      Pyramid& b, int level_b, const std::vector<Tile>& tiles_b);

/// Two planes of one sharpness.
struct Matched {
    Plane a;  ///< Smoothed once, and the finer one as often as brought them nearer before that.
    Plane b;
    int smoothings;  ///< Before that: positive for a, negative for b.
};

/// Smooths the finer of two planes that lie on each other for as long as that brings them nearer.
[[nodiscard]] Matched match_bandwidth(const Plane& a, const Plane& b,
                                      const std::vector<Tile>& tiles);

}  // namespace likeness::registration
