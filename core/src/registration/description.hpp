/// @file
/// What describing a picture and registering it share.
#pragma once

#include <array>
#include <cstddef>

#include "likeness/image.hpp"

namespace likeness::registration {

/// From this variance on a tile of an overview shows something: a standard deviation of four
/// levels.
inline constexpr double least_detail = 16.0;

/// The area of a picture.
[[nodiscard]] constexpr double pixels(Size size) noexcept {
    return static_cast<double>(size.width) * static_cast<double>(size.height);
}

/// The size of about so many pixels that a picture is looked at in, or less where a side would
/// become longer than PictureDetail::max_side. `size` is at least 1 × 1.
[[nodiscard]] Size overview_size(Size size, double area) noexcept;

/// Levels of brightness that count as one, and how many there are of such.
inline constexpr int brightness_step = 4;
inline constexpr int brightness_bins = 256 / brightness_step;

/// How many pixels are of each brightness.
using BrightnessCounts = std::array<int, brightness_bins>;

/// The most pixels within any `range` neighbouring bins: a picture's ground.
[[nodiscard]] int most_within(const BrightnessCounts& counts, std::size_t range) noexcept;

}  // namespace likeness::registration
