/// @file
/// Turning a plane upright, whatever its values are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "likeness/image.hpp"
#include "likeness/orientation.hpp"

namespace likeness {

/// The offset in a plane of `stored` size of what orient() puts at (x, y).
[[nodiscard]] constexpr std::size_t stored_offset(std::size_t x, std::size_t y, Size stored,
                                                  Orientation orientation) noexcept {
    const auto width = static_cast<std::size_t>(stored.width);
    const std::size_t last_column = width - 1;
    const std::size_t last_row = static_cast<std::size_t>(stored.height) - 1;
    switch (orientation) {
        case Orientation::top_left:
            return y * width + x;
        case Orientation::top_right:
            return y * width + (last_column - x);
        case Orientation::bottom_right:
            return (last_row - y) * width + (last_column - x);
        case Orientation::bottom_left:
            return (last_row - y) * width + x;
        case Orientation::left_top:
            return x * width + y;
        case Orientation::right_top:
            return (last_row - x) * width + y;
        case Orientation::right_bottom:
            return (last_row - x) * width + (last_column - y);
        case Orientation::left_bottom:
            return x * width + (last_column - y);
    }
    std::abort();
}

/// Writes the turned `source`, which has `stored` size, to `target`; the two don't overlap.
template <class Value>
void orient_plane(const Value* source, Size stored, Orientation orientation,
                  Value* target) noexcept {
    const Size turned = oriented(stored, orientation);
    for (std::size_t y = 0; y < static_cast<std::size_t>(turned.height); ++y) {
        for (std::size_t x = 0; x < static_cast<std::size_t>(turned.width); ++x) {
            *target++ = source[stored_offset(x, y, stored, orientation)];
        }
    }
}

}  // namespace likeness
