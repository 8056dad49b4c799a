/// @file
/// One channel of a picture in floating point, and what is done to all of its pixels.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "geometry.hpp"
#include "likeness/image.hpp"

namespace likeness::registration {

/// Levels of 0 to 255, top row first, rows without gaps.
class Plane {
public:
    Plane() = default;

    /// Its values are left open: every function here writes all of them, and clearing them first
    /// would take as long.
    explicit Plane(Size size) : size_(size), values_(new float[count()]) {}

    Plane(const Plane& other) : Plane(other.size_) {
        std::copy_n(other.values_.get(), count(), values_.get());
    }
    Plane(Plane&& other) noexcept = default;
    Plane& operator=(const Plane& other) { return *this = Plane(other); }
    Plane& operator=(Plane&& other) noexcept = default;
    ~Plane() = default;

    [[nodiscard]] Size size() const noexcept { return size_; }
    [[nodiscard]] int width() const noexcept { return size_.width; }
    [[nodiscard]] int height() const noexcept { return size_.height; }
    [[nodiscard]] float* row(int y) noexcept { return values_.get() + offset(y); }
    [[nodiscard]] const float* row(int y) const noexcept { return values_.get() + offset(y); }
    [[nodiscard]] std::span<float> values() noexcept { return {values_.get(), count()}; }
    [[nodiscard]] std::span<const float> values() const noexcept {
        return {values_.get(), count()};
    }

private:
    [[nodiscard]] std::size_t offset(int y) const noexcept {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width);
    }
    [[nodiscard]] std::size_t count() const noexcept { return offset(size_.height); }

    Size size_;
    std::unique_ptr<float[]> values_;
};

/// All black.
[[nodiscard]] Plane blank_plane(Size size);

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
