/// @file
/// Pixels: a non-owning view, and an image that owns its pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "likeness/error.hpp"

namespace likeness {

/// A colour, 8 bits a channel, in the image's own (not linear) encoding.
struct Rgb {
    std::uint8_t r = 0;
    std::uint8_t g = 0;
    std::uint8_t b = 0;

    bool operator==(const Rgb&) const = default;
};

/// Width and height in pixels.
struct Size {
    int width = 0;
    int height = 0;

    bool operator==(const Size&) const = default;
};

/// A rectangle of pixels; (x, y) is its top left corner.
struct Region {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    bool operator==(const Region&) const = default;
};

/// A non-owning, read-only view of pixels: interleaved RGB or RGBA, 8 bits a channel, top row
/// first, rows `stride` bytes apart.
class ImageView {
public:
    /// Checks that all rows lie inside `data` (the last one may end right after its last pixel).
    /// `invalid-argument`: sizes below 1, channels other than 3 or 4, a stride shorter than a row,
    /// or data that is too short.
    static Result<ImageView> create(std::span<const std::uint8_t> data, Size size, int channels,
                                    std::size_t stride);

    [[nodiscard]] Size size() const noexcept { return size_; }
    [[nodiscard]] int width() const noexcept { return size_.width; }
    [[nodiscard]] int height() const noexcept { return size_.height; }
    [[nodiscard]] int channels() const noexcept { return channels_; }
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }

    /// The bytes from the first pixel of `region` to the last one, rows `stride()` apart.
    /// The region must lie inside the image.
    [[nodiscard]] std::span<const std::uint8_t> bytes(const Region& region) const noexcept;

    /// A view of the pixels of `region`. `invalid-argument` for sizes below 1 and for regions that
    /// aren't inside the image.
    [[nodiscard]] Result<ImageView> part(const Region& region) const;

private:
    ImageView(std::span<const std::uint8_t> data, Size size, int channels, std::size_t stride)
        : data_(data), size_(size), channels_(channels), stride_(stride) {}

    std::span<const std::uint8_t> data_;
    Size size_;
    int channels_;
    std::size_t stride_;
};

/// Memory from std::malloc: it returns a null pointer on every platform when memory runs out, and
/// the decoder uses it, so that its buffer becomes the image without a copy.
struct FreeDeleter {
    void operator()(void* memory) const noexcept { std::free(memory); }
};
using PixelBuffer = std::unique_ptr<std::uint8_t[], FreeDeleter>;

/// An image that owns its pixels: RGB (3 channels) or RGBA (4, not premultiplied), 8 bits a
/// channel, rows without gaps.
class Image {
public:
    /// All pixels undefined. `invalid-argument` for sizes below 1, `out-of-memory`.
    static Result<Image> create(Size size, int channels = 3);

    /// Takes over `channels * width * height` bytes. The caller vouches for the length.
    Image(PixelBuffer pixels, Size size, int channels = 3) noexcept
        : pixels_(std::move(pixels)), size_(size), channels_(channels) {}

    [[nodiscard]] Size size() const noexcept { return size_; }
    [[nodiscard]] int width() const noexcept { return size_.width; }
    [[nodiscard]] int height() const noexcept { return size_.height; }
    [[nodiscard]] int channels() const noexcept { return channels_; }

    [[nodiscard]] std::span<std::uint8_t> pixels() noexcept { return {pixels_.get(), bytes()}; }
    [[nodiscard]] std::span<const std::uint8_t> pixels() const noexcept {
        return {pixels_.get(), bytes()};
    }

    [[nodiscard]] ImageView view() const;

private:
    [[nodiscard]] std::size_t bytes() const noexcept {
        return static_cast<std::size_t>(channels_) * static_cast<std::size_t>(size_.width) *
               static_cast<std::size_t>(size_.height);
    }

    PixelBuffer pixels_;
    Size size_;
    int channels_;
};

}  // namespace likeness
