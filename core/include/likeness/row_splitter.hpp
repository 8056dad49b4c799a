/// @file
/// Rows of pixels with separate channels, as SIMD code needs them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "likeness/image.hpp"

namespace likeness {

/// A row as three runs of bytes: R, G and B. Behind the last pixel of each, `slack` more bytes may
/// be read; their values are undefined.
struct PlanarRow {
    static constexpr std::size_t slack = 16;

    std::array<const std::uint8_t*, 3> channels;

    /// The opacity of each pixel; null where all of them are opaque.
    const std::uint8_t* alpha = nullptr;

    /// The same row from a column on.
    [[nodiscard]] PlanarRow from(int column) const noexcept {
        const auto [r, g, b] = channels;
        return {{r + column, g + column, b + column}, alpha == nullptr ? nullptr : alpha + column};
    }
};

/// Separates the channels of rows, and composites transparent pixels on a background.
class RowSplitter {
public:
    /// For rows of `width` pixels, RGB (channels 3) or RGBA (4, not premultiplied).
    RowSplitter(int width, int channels, Rgb background);

    /// @param row width × channels bytes
    /// @return valid until the next call, and as long as this object
    PlanarRow split(const std::uint8_t* row) noexcept;

    /// Bytes of memory that this object holds beside itself: 3 for each pixel of a row, 4 where
    /// there is alpha.
    [[nodiscard]] std::size_t working_bytes() const noexcept { return planes_.capacity(); }

private:
    void split_rgb(const std::uint8_t* row) noexcept;
    bool split_opaque(const std::uint8_t* row) noexcept;
    void split_transparent(const std::uint8_t* row) noexcept;
    [[nodiscard]] std::uint8_t* plane(std::size_t channel) noexcept {
        return planes_.data() + channel * stride_;
    }

    std::size_t width_;
    std::size_t channels_;
    Rgb background_;
    std::size_t stride_;  ///< From one plane to the next.
    std::vector<std::uint8_t> planes_;
};

}  // namespace likeness
