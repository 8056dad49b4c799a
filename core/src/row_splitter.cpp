#include "likeness/row_splitter.hpp"

#include "composite.hpp"
#include "simd.hpp"

namespace likeness {
namespace {

constexpr std::size_t rgba_bytes = 4;
constexpr std::size_t rgb_bytes = 3;

}  // namespace

RowSplitter::RowSplitter(int width, int channels, Rgb background)
    : width_(static_cast<std::size_t>(width)),
      channels_(static_cast<std::size_t>(channels)),
      background_(background),
      stride_(width_ + PlanarRow::slack),
      planes_(stride_ * channels_) {}

PlanarRow RowSplitter::split(const std::uint8_t* row) noexcept {
    if (channels_ == rgb_bytes) {
        split_rgb(row);
    } else if (!split_opaque(row)) {
        split_transparent(row);
        return {{plane(0), plane(1), plane(2)}, plane(3)};
    }
    return {{plane(0), plane(1), plane(2)}};
}

void RowSplitter::split_rgb(const std::uint8_t* row) noexcept {
    std::uint8_t* red = plane(0);
    std::uint8_t* green = plane(1);
    std::uint8_t* blue = plane(2);
    std::size_t x = 0;
    for (; x + simd::bytes <= width_; x += simd::bytes) {
        simd::split_rgb(row + x * rgb_bytes, red + x, green + x, blue + x);
    }
    for (; x < width_; ++x) {
        red[x] = row[x * rgb_bytes];
        green[x] = row[x * rgb_bytes + 1];
        blue[x] = row[x * rgb_bytes + 2];
    }
}

/// False where a pixel lets something shine through.
bool RowSplitter::split_opaque(const std::uint8_t* row) noexcept {
    std::uint8_t* red = plane(0);
    std::uint8_t* green = plane(1);
    std::uint8_t* blue = plane(2);
    std::size_t x = 0;
    for (; x + simd::bytes <= width_; x += simd::bytes) {
        if (!simd::split_opaque(row + x * rgba_bytes, red + x, green + x, blue + x)) return false;
    }
    std::uint8_t alpha = 255;
    for (; x < width_; ++x) {
        red[x] = row[x * rgba_bytes];
        green[x] = row[x * rgba_bytes + 1];
        blue[x] = row[x * rgba_bytes + 2];
        alpha &= row[x * rgba_bytes + 3];
    }
    return alpha == 255;
}

void RowSplitter::split_transparent(const std::uint8_t* row) noexcept {
    const std::uint8_t backgrounds[] = {background_.r, background_.g, background_.b};
    for (std::size_t channel = 0; channel < rgb_bytes; ++channel) {
        std::uint8_t* values = plane(channel);
        const std::uint8_t background = backgrounds[channel];
        for (std::size_t x = 0; x < width_; ++x) {
            const std::uint8_t* pixel = row + x * rgba_bytes;
            values[x] = composite(pixel[channel], pixel[3], background);
        }
    }
    std::uint8_t* alpha = plane(3);
    for (std::size_t x = 0; x < width_; ++x) alpha[x] = row[x * rgba_bytes + 3];
}

}  // namespace likeness
