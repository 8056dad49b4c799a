/// @file
/// Turning a square plane upright, whatever its values are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "likeness/orientation.hpp"

namespace likeness {

/// The offset in a stored side × side plane of what orient() puts at (x, y).
[[nodiscard]] constexpr std::size_t stored_offset(std::size_t x, std::size_t y, std::size_t side,
                                                  Orientation orientation) noexcept {
    const std::size_t right = side - 1 - x;
    const std::size_t bottom = side - 1 - y;
    switch (orientation) {
        case Orientation::top_left:
            return y * side + x;
        case Orientation::top_right:
            return y * side + right;
        case Orientation::bottom_right:
            return bottom * side + right;
        case Orientation::bottom_left:
            return bottom * side + x;
        case Orientation::left_top:
            return x * side + y;
        case Orientation::right_top:
            return right * side + y;
        case Orientation::right_bottom:
            return right * side + bottom;
        case Orientation::left_bottom:
            return x * side + bottom;
    }
    std::abort();
}

/// Writes the turned `source` to `target`; both hold side × side values and don't overlap.
template <class Value>
void orient_square(const Value* source, std::size_t side, Orientation orientation,
                   Value* target) noexcept {
    for (std::size_t y = 0; y < side; ++y) {
        for (std::size_t x = 0; x < side; ++x) {
            target[y * side + x] = source[stored_offset(x, y, side, orientation)];
        }
    }
}

}  // namespace likeness
