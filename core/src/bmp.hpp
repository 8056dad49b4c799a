/// @file
/// BMP files: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage, and OS/2's of either
/// version.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "likeness/image.hpp"

namespace likeness {

/// How a BMP's pixels are stored.
struct BmpLayout {
    enum class Coding { plain, rle4, rle8 };

    Coding coding = Coding::plain;
    /// How people call a coding that isn't decoded here; nothing else holds then.
    std::string_view unsupported{};
    unsigned bits = 0;              ///< Of a pixel: 1, 2, 4, 8, 16, 24 or 32.
    bool top_down = false;          ///< Whether the top row comes first.
    std::size_t palette_start = 0;  ///< In the file.
    std::size_t colour_bytes = 0;   ///< Of a colour in the palette: 3 or 4.
    std::size_t colours = 0;        ///< In the palette, at most 256.
    std::size_t pixel_start = 0;    ///< In the file.
    /// Where red, green, blue and alpha lie in pixels of 16 and 32 bits; 0 for what isn't there.
    std::array<std::uint32_t, 4> masks{};
};

/// Reads what is in front of the pixels; nothing where that is damaged.
[[nodiscard]] std::optional<BmpLayout> read_bmp_layout(std::span<const std::uint8_t> file) noexcept;

/// The pixels, top row first; what the file doesn't say is black, or transparent where there is
/// alpha.
/// @param layout one with a supported coding
/// @param size both sides positive, the product at most 2^28
/// @param channels set to 4 where the pixels have alpha, else to 3
/// @return null where memory ends
[[nodiscard]] PixelBuffer decode_bmp(std::span<const std::uint8_t> file, const BmpLayout& layout,
                                     Size size, int& channels) noexcept;

}  // namespace likeness
