#include "likeness/image.hpp"

#include <limits>
#include <string>

#include "message.hpp"

namespace likeness {
namespace {

std::string describe(Size size) { return message({size.width, " × ", size.height}); }

}  // namespace

Result<ImageView> ImageView::create(std::span<const std::uint8_t> data, Size size, int channels,
                                    std::size_t stride) {
    if (size.width < 1 || size.height < 1) {
        return Error{ErrorCode::invalid_argument,
                     "an image of " + describe(size) + " pixels: both sides must be at least 1"};
    }
    if (channels != 3 && channels != 4) {
        return Error{ErrorCode::invalid_argument,
                     message({channels, " channels: must be 3 (RGB) or 4 (RGBA)"})};
    }
    const std::uint64_t row =
        static_cast<std::uint64_t>(size.width) * static_cast<unsigned>(channels);
    if (stride < row) {
        return Error{ErrorCode::invalid_argument,
                     message({"a stride of ", stride, " bytes is shorter than a row of ", row})};
    }
    const auto gaps = static_cast<std::uint64_t>(size.height - 1);
    if (data.size() < row || (data.size() - row) / stride < gaps) {
        return Error{ErrorCode::invalid_argument,
                     message({data.size(), " bytes are too few for ", describe(size),
                              " pixels with rows ", stride, " bytes apart"})};
    }
    return ImageView(data, size, channels, stride);
}

std::span<const std::uint8_t> ImageView::bytes(const Region& region) const noexcept {
    const auto channels = static_cast<std::size_t>(channels_);
    const std::size_t first = static_cast<std::size_t>(region.y) * stride_ +
                              static_cast<std::size_t>(region.x) * channels;
    const std::size_t length = static_cast<std::size_t>(region.height - 1) * stride_ +
                               static_cast<std::size_t>(region.width) * channels;
    return data_.subspan(first, length);
}

Result<ImageView> ImageView::part(const Region& region) const {
    // Compared by subtraction: sums of coordinates may pass the range of int.
    const bool inside = region.x >= 0 && region.y >= 0 && region.width >= 1 && region.height >= 1 &&
                        region.width <= size_.width && region.x <= size_.width - region.width &&
                        region.height <= size_.height && region.y <= size_.height - region.height;
    if (!inside) {
        return Error{ErrorCode::invalid_argument,
                     message({"The region of ", describe({region.width, region.height}),
                              " pixels at (", region.x, ", ", region.y,
                              ") is not inside the image of ", describe(size_), " pixels."})};
    }
    return ImageView(bytes(region), {region.width, region.height}, channels_, stride_);
}

Result<Image> Image::create(Size size, int channels) {
    if (size.width < 1 || size.height < 1) {
        return Error{ErrorCode::invalid_argument,
                     "an image of " + describe(size) + " pixels: both sides must be at least 1"};
    }
    const std::uint64_t bytes = static_cast<std::uint64_t>(channels) *
                                static_cast<unsigned>(size.width) *
                                static_cast<unsigned>(size.height);
    const bool addressable = bytes <= std::numeric_limits<std::size_t>::max();
    PixelBuffer pixels(
        addressable ? static_cast<std::uint8_t*>(std::malloc(static_cast<std::size_t>(bytes)))
                    : nullptr);
    if (!pixels) {
        return Error{ErrorCode::out_of_memory,
                     "no memory for " + describe(size) + " pixels: use a smaller image"};
    }
    return Image(std::move(pixels), size, channels);
}

ImageView Image::view() const {
    return ImageView::create(
               pixels(), size_, channels_,
               static_cast<std::size_t>(channels_) * static_cast<std::size_t>(size_.width))
        .value();
}

}  // namespace likeness
