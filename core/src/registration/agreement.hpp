/// @file
/// Judges, tile by tile, whether two pictures that lie on each other show the same.
#pragma once

#include <vector>

#include "geometry.hpp"
#include "overlap.hpp"
#include "tiles.hpp"

namespace likeness::registration {

/// What a tile of the overlap says.
struct JudgedTile {
    Tile tile;
    TileFit fit;
    bool detailed = false;  ///< One of the pictures shows something here.
    bool agrees = false;    ///< Both show the same; for plain tiles: the same brightness.
    bool same_colour = true;
    double contrast = 0.0;  ///< How much there is to disagree about: variance, in levels of a.
    double excess = 0.0;  ///< How far the tile lies beyond what the pair's noise explains; 1 is the
                          ///< limit.
};

struct Agreement {
    std::vector<JudgedTile> tiles;
    double gain = 1.0;  ///< b ≈ gain · a + offset.
    double offset = 0.0;
    int blur = 0;        ///< Smoothings of a (positive) or b (negative).
    double noise = 0.0;  ///< Unexplained share of a typical tile.
    bool grey_a = false;
    bool grey_b = false;

    [[nodiscard]] int detailed() const noexcept;
    [[nodiscard]] int agreeing() const noexcept;  ///< Of the detailed ones.
    [[nodiscard]] double share() const noexcept;  ///< agreeing / detailed, 0 where nothing is.
};

/// `map` from pixels of overlap.a to those of overlap.b.
[[nodiscard]] Agreement judge(const Overlap& overlap, const Affine& map);

}  // namespace likeness::registration
