/// @file
/// Finds the corners of a picture.
#pragma once

#include <cstddef>
#include <vector>

#include "geometry.hpp"
#include "plane.hpp"

namespace likeness::registration {

/// Corners nearer to the edge aren't described well, and are left out.
inline constexpr int corner_margin = 8;

/// A pixel that is a corner, and where between the pixels the corner really is.
struct Corner {
    int x;
    int y;
    Point peak;
};

/// The `count` strongest corners of a picture that has been smoothed once, the strongest first;
/// but spread over the picture.
[[nodiscard]] std::vector<Corner> find_corners(const Plane& soft, std::size_t count);

}  // namespace likeness::registration
