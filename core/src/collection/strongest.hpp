/// @file
/// Which of a picture's points are remembered.
#pragma once

#include <vector>

#include "likeness/registration.hpp"

namespace likeness::collection {

/// The first points of each octave part, which are its strongest: PictureSketch::max_points of
/// them, or a few less, shared out as all points are.
[[nodiscard]] std::vector<FeaturePoint> strongest(const std::vector<FeaturePoint>& points);

}  // namespace likeness::collection
