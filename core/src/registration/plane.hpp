/// @file
/// One channel of a picture in floating point, and what is done to all of its pixels.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "geometry.hpp"
#include "likeness/image.hpp"

namespace likeness::registration {

/// Levels of 0 to 255, top row first, rows without gaps.
class Plane {
public:
    Plane() = default;
    explicit Plane(Size size)
        : size_(size),
          values_(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height)) {}

    [[nodiscard]] Size size() const noexcept { return size_; }
    [[nodiscard]] int width() const noexcept { return size_.width; }
    [[nodiscard]] int height() const noexcept { return size_.height; }
    [[nodiscard]] float* row(int y) noexcept { return values_.data() + offset(y); }
    [[nodiscard]] const float* row(int y) const noexcept { return values_.data() + offset(y); }
    [[nodiscard]] std::vector<float>& values() noexcept { return values_; }
    [[nodiscard]] const std::vector<float>& values() const noexcept { return values_; }

private:
    [[nodiscard]] std::size_t offset(int y) const noexcept {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width);
    }

    Size size_;
    std::vector<float> values_;
};

/// The luma of ITU-R BT.601.
[[nodiscard]] Plane luma_of(const Image& image);

/// The brightness of both pictures of a pair.
using LumaPair = std::array<Plane, 2>;

/// Red, green and blue.
using Planes = std::array<Plane, 3>;

/// Means of 4 × 4 pixels; what is left of them on the right and below is left out.
[[nodiscard]] Planes quarter_channels(const Image& image);

/// The binomial filter 1 2 1 both ways, edges repeated: a variance of 1/2 pixel each time.
[[nodiscard]] Plane smooth(const Plane& plane);
[[nodiscard]] Plane smooth(const Plane& plane, int times);

/// Means of 2 × 2 pixels; an odd last row or column is left out.
[[nodiscard]] Plane halve(const Plane& plane);

/// Bilinear, with the pixel grid's edges laid upon each other.
[[nodiscard]] Plane resize(const Plane& plane, Size target);

/// Reads `plane` at transform(x, y) for all pixels (x, y) of `target`: bilinear, edges repeated.
[[nodiscard]] Plane warp(const Plane& plane, const Affine& transform, Size target);

/// A picture of another size, antialiased.
[[nodiscard]] Result<Image> resize(const ImageView& image, Size target, Rgb background);

}  // namespace likeness::registration
