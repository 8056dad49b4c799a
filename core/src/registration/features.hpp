/// @file
/// Finds and describes the corners of a picture.
#pragma once

#include <cstddef>

#include "likeness/image.hpp"
#include "likeness/registration.hpp"
#include "plane.hpp"

namespace likeness::registration {

/// The strongest corners, spread over the picture and over octave parts; where there are more than
/// `most`, the strongest of each octave part.
[[nodiscard]] PictureFeatures find_features(const Plane& luma,
                                            std::size_t most = PictureFeatures::max_points);

/// How much smaller the picture was in which a point was found: (4/5)^octave_part.
[[nodiscard]] double point_scale(const FeaturePoint& point) noexcept;

/// Where a point lies, in pixels of PictureFeatures::size.
[[nodiscard]] inline Point position(const FeaturePoint& point) noexcept {
    return {point.x / 32.0, point.y / 32.0};
}

}  // namespace likeness::registration
