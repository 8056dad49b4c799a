#include "likeness/preprocess.hpp"

#include <algorithm>
#include <limits>
#include <string>

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

}  // namespace

Result<Size> resized_size(Size source, int short_side) {
    if (source.width < 1 || source.height < 1 || short_side < 1) {
        return Error{ErrorCode::invalid_argument, "sizes must be at least 1 pixel"};
    }
    const auto [shorter, longer] = std::minmax(source.width, source.height);
    const std::int64_t long_side = std::int64_t{short_side} * longer / shorter;
    if (long_side > std::numeric_limits<int>::max()) {
        return Error{ErrorCode::image_too_large, "a picture of " + std::to_string(source.width) +
                                                     " × " + std::to_string(source.height) +
                                                     " pixels is too long and thin: crop it first"};
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
                                          Rgb background) {
    if (spec.crop < 1 || spec.crop > spec.resize_short_side) {
        return Error{ErrorCode::invalid_argument,
                     "a crop of " + std::to_string(spec.crop) +
                         " pixels must be at least 1 and fit in the resized short side of " +
                         std::to_string(spec.resize_short_side)};
    }
    if (std::find(spec.std.begin(), spec.std.end(), 0.0F) != spec.std.end()) {
        return Error{ErrorCode::invalid_argument, "a standard deviation of zero can't divide"};
    }
    const auto target = resized_size(size, spec.resize_short_side);
    if (!target) return target.error();

    const Region window{center_crop_offset(target.value().width, spec.crop),
                        center_crop_offset(target.value().height, spec.crop), spec.crop, spec.crop};
    auto resampler =
        StreamingResampler::create({size, target.value(), window, channels, background});
    if (!resampler) return std::move(resampler).error();
    return Preprocessor(std::move(resampler).value(), spec);
}

Result<std::vector<float>> Preprocessor::finish() const {
    const auto image = cropped();
    if (!image) return image.error();

    const std::span<const std::uint8_t> pixels = image.value().pixels();
    const std::size_t plane = pixels.size() / 3;
    std::vector<float> tensor(pixels.size());
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const auto table = make_table(spec_.mean[channel], spec_.std[channel]);
        for (std::size_t i = 0; i < plane; ++i) {
            tensor[channel * plane + i] = table[pixels[3 * i + channel]];
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
