/// @file
/// Judges, tile by tile, whether two pictures that lie on each other show the same.
#pragma once

#include <vector>

#include "geometry.hpp"
#include "overlap.hpp"
#include "tiles.hpp"

namespace likeness::registration {

/// What a tile of the overlap says. Variances are in squared levels of the picture with more
/// contrast.
struct JudgedTile {
    Tile tile;
    double contrast = 0.0;  ///< The variance of the picture that has more of it here.
    double corners = 0.0;   ///< The smaller eigenvalue of the gradients' second moments, likewise.
    double residual = 0.0;  ///< The variance of what one leaves open of the other.
    double shift = 0.0;     ///< How far the mean brightness lies apart, in levels.
    bool same_colour = true;
    bool detailed = false;  ///< One of the pictures shows something here.
    bool telling = false;   ///< And it isn't only an edge or a line, which one could find anywhere.
    double excess = 0.0;    ///< How far the tile lies beyond what the pair's noise explains: over 1
                            ///< it shows something else.

    [[nodiscard]] bool agrees() const noexcept { return excess <= 1.0; }
};

struct Agreement {
    std::vector<JudgedTile> tiles;
    double gain = 1.0;  ///< b ≈ gain · a + offset.
    double offset = 0.0;
    int blur = 0;        ///< Smoothings of a (positive) or b (negative) that make them alike.
    double noise = 0.0;  ///< Of a typical detailed tile's variance, what is left open.
    bool grey_a = false;
    bool grey_b = false;

    [[nodiscard]] int telling() const noexcept;
    [[nodiscard]] double share() const noexcept;  ///< Of the telling tiles, those that agree.
};

/// `map` from pixels of overlap.a to those of overlap.b.
[[nodiscard]] Agreement judge(const Overlap& overlap, const Affine& map);

}  // namespace likeness::registration
