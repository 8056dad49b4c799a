/// @file
/// Generated pictures and simple edits of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "likeness/image.hpp"
#include "likeness/orientation.hpp"
#include "support/random.hpp"
#include "support/scalar_resample.hpp"

namespace likeness::test {

/// RGB pixels without gaps.
struct Picture {
    Size size;
    std::vector<std::uint8_t> rgb;

    [[nodiscard]] ImageView view() const {
        return ImageView::create(rgb, size, 3, static_cast<std::size_t>(size.width) * 3).value();
    }

    [[nodiscard]] std::size_t offset(int x, int y) const {
        return (static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) +
                static_cast<std::size_t>(x)) *
               3;
    }
};

/// Smooth clouds of colour: 9 × 9 random ones, enlarged.
inline Picture clouds(Size size, std::uint32_t seed) {
    constexpr int knots = 9;
    return {size, scalar_resample(random_bytes(std::size_t{3} * knots * knots, seed),
                                  {knots, knots}, size, {0, 0, size.width, size.height})};
}

inline Picture resize(const Picture& picture, Size size) {
    return {size,
            scalar_resample(picture.rgb, picture.size, size, {0, 0, size.width, size.height})};
}

inline Picture crop(const Picture& picture, const Region& region) {
    Picture result{{region.width, region.height}, {}};
    for (int y = 0; y < region.height; ++y) {
        const auto row = picture.rgb.begin() +
                         static_cast<std::ptrdiff_t>(picture.offset(region.x, region.y + y));
        result.rgb.insert(result.rgb.end(), row, row + std::ptrdiff_t{3} * region.width);
    }
    return result;
}

inline Picture add_border(const Picture& picture, int width, Rgb colour) {
    Picture result{{picture.size.width + 2 * width, picture.size.height + 2 * width}, {}};
    for (int i = 0; i < result.size.width * result.size.height; ++i) {
        result.rgb.insert(result.rgb.end(), {colour.r, colour.g, colour.b});
    }
    for (int y = 0; y < picture.size.height; ++y) {
        std::copy_n(
            picture.rgb.begin() + static_cast<std::ptrdiff_t>(picture.offset(0, y)),
            3 * picture.size.width,
            result.rgb.begin() + static_cast<std::ptrdiff_t>(result.offset(width, width + y)));
    }
    return result;
}

inline Picture turn(const Picture& picture, Orientation orientation) {
    auto image = Image::create(picture.size).value();
    std::copy(picture.rgb.begin(), picture.rgb.end(), image.pixels().begin());
    const Image turned = orient(std::move(image), orientation).value();
    return {turned.size(), {turned.pixels().begin(), turned.pixels().end()}};
}

inline Picture desaturate(Picture picture) {
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
        picture.rgb[i] = picture.rgb[i + 2] = picture.rgb[i + 1];
    }
    return picture;
}

}  // namespace likeness::test
