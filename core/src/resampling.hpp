/// @file
/// What the resampler's setting up and its loops over pixels agree on.
#pragma once

#include <cstddef>
#include <cstdint>

namespace likeness::resampling {

/// Pillow's PRECISION_BITS: weights are multiples of 2^-22, so that a sum of 8-bit values times
/// weights keeps 2 bits of headroom in 32.
inline constexpr int precision_bits = 32 - 8 - 2;
inline constexpr std::int32_t rounding = 1 << (precision_bits - 1);

/// Pixels that are weighted at once.
inline constexpr std::size_t octet = 8;

/// Pixels of the window that are made at once.
inline constexpr std::size_t quad = 4;

inline constexpr std::size_t channel_count = 3;

[[nodiscard]] inline std::size_t index(int value) noexcept {
    return static_cast<std::size_t>(value);
}

}  // namespace likeness::resampling
