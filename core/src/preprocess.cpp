#include "likeness/preprocess.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "message.hpp"

namespace likeness {
namespace {

constexpr std::size_t levels = 256;

/// All values that a channel can take. The three steps are those of torchvision's ToTensor and
/// Normalize, in float32 each.
std::array<float, levels> make_table(float mean, float std) noexcept {
    std::array<float, levels> table{};
    for (std::size_t value = 0; value < levels; ++value) {
        const float scaled = static_cast<float>(value) / 255.0F;
        const float centred = scaled - mean;
        table[value] = centred / std;
    }
    return table;
}

/// The largest whole number whose square is at most `value`, which is below 2^62.
std::int64_t integer_root(std::int64_t value) noexcept {
    auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(value)));
    while (root * root > value) --root;
    while ((root + 1) * (root + 1) <= value) ++root;
    return root;
}

/// side · √(length / across) in strides, to the nearest whole number, halves up; at least 1. It is
/// the largest n with (2n - 1)² stride² across <= 4 side² length.
std::int64_t strides_along(std::int64_t length, std::int64_t across, std::int64_t side,
                           std::int64_t stride) noexcept {
    const std::int64_t square = 4 * side * side * length / (stride * stride * across);
    return std::max<std::int64_t>((integer_root(square) + 1) / 2, 1);
}

/// What of a picture is resized to what.
struct Framing {
    Size target;    ///< Of the whole picture after resizing.
    Region window;  ///< Of the target: what the network sees.
};

Result<Framing> frame_whole(Size size, const PreprocessSpec& spec) {
    const auto target = whole_size(size, spec.side, spec.stride);
    if (!target) return target.error();
    return Framing{target.value(), {0, 0, target.value().width, target.value().height}};
}

Result<Framing> frame_centre(Size size, const PreprocessSpec& spec) {
    if (spec.side < 1 || spec.side > spec.resize) {
        return Error{ErrorCode::invalid_argument,
                     message({"a crop of ", spec.side,
                              " pixels must be at least 1 and fit in the resized short side of ",
                              spec.resize})};
    }
    const auto target = resized_size(size, spec.resize);
    if (!target) return target.error();
    const auto [width, height] = target.value();
    return Framing{target.value(),
                   {center_crop_offset(width, spec.side), center_crop_offset(height, spec.side),
                    spec.side, spec.side}};
}

}  // namespace

Result<Size> whole_size(Size source, int side, int stride) {
    constexpr int largest_side = 16384;  // So that 4 side² length stays below 2^62.
    if (source.width < 1 || source.height < 1 || stride < 1 || stride > side ||
        side > largest_side) {
        return Error{
            ErrorCode::invalid_argument,
            message({"an image of ", source.width, " × ", source.height,
                     " pixels doesn't fit an input of side ", side, " and stride ", stride})};
    }
    const std::int64_t width = source.width;
    const std::int64_t height = source.height;
    // The length of a picture whose short side becomes 1.5 strides: side² across / (1.5 stride)².
    const auto longest = [square = std::int64_t{4} * side * side,
                          divisor = std::int64_t{9} * stride * stride](std::int64_t across) {
        return std::max(across, square * across / divisor);
    };
    const std::int64_t seen_width = std::min(width, longest(height));
    const std::int64_t seen_height = std::min(height, longest(width));
    std::int64_t columns = strides_along(seen_width, seen_height, side, stride);
    const std::int64_t rows = strides_along(seen_height, seen_width, side, stride);
    // A square halfway between two multiples: both sides rounded up would be pixels and time that
    // no picture that is nearly square takes.
    if (width == height && (2 * columns - 1) * stride == std::int64_t{2} * side) --columns;
    return Size{static_cast<int>(stride * columns), static_cast<int>(stride * rows)};
}

Result<Size> resized_size(Size source, int short_side) {
    if (source.width < 1 || source.height < 1 || short_side < 1) {
        return Error{ErrorCode::invalid_argument, "sizes must be at least 1 pixel"};
    }
    const auto [shorter, longer] = std::minmax(source.width, source.height);
    const std::int64_t long_side = std::int64_t{short_side} * longer / shorter;
    if (long_side > std::numeric_limits<int>::max()) {
        return Error{ErrorCode::image_too_large,
                     message({"an image of ", source.width, " × ", source.height,
                              " pixels is too long and thin: crop it first"})};
    }
    const int resized_long = static_cast<int>(long_side);
    return source.width <= source.height ? Size{short_side, resized_long}
                                         : Size{resized_long, short_side};
}

int center_crop_offset(int length, int crop) noexcept {
    const int spare = length - crop;
    const int half = spare / 2;
    const bool tie = spare % 2 == 1;
    return tie && half % 2 == 1 ? half + 1 : half;
}

Result<Preprocessor> Preprocessor::create(Size size, int channels, const PreprocessSpec& spec,
                                          Rgb background, Size original) {
    if (std::find(spec.std.begin(), spec.std.end(), 0.0F) != spec.std.end()) {
        return Error{ErrorCode::invalid_argument, "a standard deviation of zero can't divide"};
    }
    const auto framing =
        spec.view == View::whole ? frame_whole(original, spec) : frame_centre(original, spec);
    if (!framing) return framing.error();
    const auto& [target, window] = framing.value();
    auto resampler = StreamingResampler::create({size, target, window, channels, background});
    if (!resampler) return std::move(resampler).error();
    return Preprocessor(std::move(resampler).value(), spec);
}

Result<std::vector<float>> Preprocessor::finish() const {
    const auto image = pixels();
    if (!image) return image.error();

    const std::span<const std::uint8_t> bytes = image.value().pixels();
    const std::size_t plane = bytes.size() / 3;
    std::vector<float> tensor(bytes.size());
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const auto table = make_table(spec_.mean[channel], spec_.std[channel]);
        for (std::size_t i = 0; i < plane; ++i) {
            tensor[channel * plane + i] = table[bytes[3 * i + channel]];
        }
    }
    return tensor;
}

Result<std::vector<float>> preprocess(const ImageView& image, const PreprocessSpec& spec,
                                      Rgb background) {
    auto preprocessor = Preprocessor::create(image.size(), image.channels(), spec, background);
    if (!preprocessor) return std::move(preprocessor).error();
    const Region& region = preprocessor.value().region();
    if (auto status =
            preprocessor.value().push_rows(image.bytes(region), image.stride(), region.height);
        !status) {
        return std::move(status).error();
    }
    return preprocessor.value().finish();
}

}  // namespace likeness
