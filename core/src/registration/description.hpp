/// @file
/// What describing a picture and registering it share.
#pragma once

#include "likeness/image.hpp"

namespace likeness::registration {

/// From this variance on a tile of an overview shows something: a standard deviation of four
/// levels.
inline constexpr double least_detail = 16.0;

/// The area of a picture.
[[nodiscard]] constexpr double pixels(Size size) noexcept {
    return static_cast<double>(size.width) * static_cast<double>(size.height);
}

}  // namespace likeness::registration
