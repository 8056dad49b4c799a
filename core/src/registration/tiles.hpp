/// @file
/// Squares of a picture and of what is laid over it, and how their pixels go together.
#pragma once

#include <vector>

#include "geometry.hpp"
#include "plane.hpp"

namespace likeness::registration {

inline constexpr int tile_side = 16;
inline constexpr double tile_area = tile_side * tile_side;

/// A square of a picture, by its top left corner.
struct Tile {
    int x;
    int y;

    [[nodiscard]] Point centre() const noexcept {
        return {x + tile_side / 2.0, y + tile_side / 2.0};
    }
};

/// The tiles of a grid in the middle of `size` that lie inside `other` where `map` lays them.
[[nodiscard]] std::vector<Tile> tiles_inside(Size size, const Affine& map, Size other);

/// A picture's half of the sums over a tile; dx and dy are its gradient.
struct OwnMoments {
    double a, aa, dx, dy, ax, ay, xx, xy, yy;
};

/// The sums that need both pictures.
struct SharedMoments {
    double b, bb, ab, bx, by;
};

/// Sums over every tile, of numbers less 128, in a fixed order.
[[nodiscard]] std::vector<OwnMoments> own_moments(const Plane& a, const std::vector<Tile>& tiles);
[[nodiscard]] std::vector<SharedMoments> shared_moments(const Plane& a, const Plane& b,
                                                        const std::vector<Tile>& tiles);

/// How one tile of b follows from that of a.
struct TileFit {
    double mean_a;
    double mean_b;
    double variance_a;
    double variance_b;
    double covariance;
    double correlation;  ///< 0 where one of the two is uniform.

    /// Of b's variance, what a, brought to b's contrast and moved by at most a pixel, leaves open.
    double unexplained;

    /// The variance of what is left of b once a, of up to half as much more or less contrast and
    /// moved by at most a pixel, is taken off.
    double residual;
};

[[nodiscard]] TileFit fit_tile(const OwnMoments& own, const SharedMoments& shared) noexcept;

}  // namespace likeness::registration
