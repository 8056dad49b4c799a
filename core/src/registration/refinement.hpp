/// @file
/// Moves one picture over the other until their pixels lie on each other.
#pragma once

#include "geometry.hpp"
#include "plane.hpp"

namespace likeness::registration {

/// What a transform may do.
enum class Freedom {
    similarity,  ///< Turn, scale, move.
    affine,
};

struct Refinement {
    Affine map;
    double fit;  ///< Mean over the detailed tiles of what they explain of each other, 0 to 1.
};

/// Follows the gradients of a for some steps from `map`, tile by tile: S. Baker and I. Matthews,
/// "Lucas-Kanade 20 years on", IJCV 56/3 (2004), the inverse compositional way, with each tile
/// brought to the other's brightness and contrast first, and weighted by how well it correlates.
[[nodiscard]] Refinement refine(const Plane& a, const Plane& b, const Affine& map, int steps,
                                Freedom freedom);

}  // namespace likeness::registration
