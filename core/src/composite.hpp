/// @file
/// Transparent pixels over an opaque background.
#pragma once

#include <cstdint>

namespace likeness {

/// (value × alpha + background × (255 - alpha)) / 255, rounded to nearest. The division is that of
/// J. Blinn, "Three Wrongs Make a Right", IEEE CG&A 15/6 (1995), exact for 16-bit numerators.
[[nodiscard]] constexpr std::uint8_t composite(std::uint8_t value, std::uint8_t alpha,
                                               std::uint8_t background) noexcept {
    const std::uint32_t sum =
        std::uint32_t{value} * alpha + std::uint32_t{background} * (255U - alpha) + 128U;
    return static_cast<std::uint8_t>((sum + (sum >> 8U)) >> 8U);
}

}  // namespace likeness
