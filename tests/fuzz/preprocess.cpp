/// @file
/// Pictures of any size, aspect and banding: bands give, to the bit, what the whole picture gives.
#include "likeness/preprocess.hpp"

#include <algorithm>
#include <cmath>

#include "support.hpp"

using namespace likeness;
using fuzz::require;

namespace {

constexpr int most_pixels = 1 << 14;

/// From square to a single row or column.
Size any_size(fuzz::Input& input) {
    const int longer = input.between(1, most_pixels);
    const int shorter = input.between(1, std::max(1, most_pixels / longer));
    return input.byte() % 2 == 0 ? Size{longer, shorter} : Size{shorter, longer};
}

PreprocessSpec any_spec(fuzz::Input& input) {
    PreprocessSpec spec;
    spec.view = input.byte() % 2 == 0 ? View::whole : View::centre;
    spec.resize = input.between(0, 64);
    spec.side = input.between(0, 64);
    spec.stride = input.between(0, 64);
    if (input.byte() == 1) spec.std[1] = 0.0F;
    return spec;
}

bool is_usable(const PreprocessSpec& spec) {
    const bool fits = spec.view == View::whole ? spec.stride >= 1 && spec.stride <= spec.side
                                               : spec.side >= 1 && spec.side <= spec.resize;
    return fits && spec.std[1] != 0.0F;
}

/// Hands the region over in bands of the input's choice. Bands that can't be right are refused and
/// change nothing.
void push_in_bands(Preprocessor& preprocessor, const ImageView& view, fuzz::Input& input) {
    const Region& region = preprocessor.region();
    const auto row_bytes =
        static_cast<std::size_t>(region.width) * static_cast<std::size_t>(view.channels());
    for (int taken = 0; taken < region.height;) {
        const int left = region.height - taken;
        const int rows = std::clamp(input.empty() ? left : int{input.byte()}, 1, left);
        const auto band = view.bytes({region.x, region.y + taken, region.width, rows});
        require(!preprocessor.push_rows(band, row_bytes - 1, rows), "a short stride is refused");
        require(!preprocessor.push_rows(band.first(band.size() - 1), view.stride(), rows),
                "a short band is refused");
        require(!preprocessor.push_rows(band, view.stride(), left + 1), "extra rows are refused");
        require(!preprocessor.complete() && !preprocessor.finish(), "no tensor before the end");
        require(preprocessor.push_rows(band, view.stride(), rows).has_value(), "a band is taken");
        taken += rows;
    }
    require(preprocessor.complete(), "the last band completes the picture");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const Size picture = any_size(input);
    const int channels = input.between(2, 5);
    const auto spec = any_spec(input);
    const Rgb background{input.byte(), input.byte(), input.byte()};
    const std::size_t gap = input.byte() % 9;
    const std::size_t stride =
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(channels) + gap;
    fuzz::Input bands = input;
    const auto pixels = input.pattern(stride * static_cast<std::size_t>(picture.height));

    const auto view = ImageView::create(pixels, picture, channels, stride);
    auto banded = Preprocessor::create(picture, channels, spec, background);
    require(view.has_value() == (channels == 3 || channels == 4), "pictures are RGB or RGBA");
    require(banded.has_value() == (view.has_value() && is_usable(spec)), "bad specs are refused");
    if (!banded) return 0;

    const auto tensor = preprocess(view.value(), spec, background);
    const Size seen = banded.value().size();
    const auto plane = static_cast<std::size_t>(seen.width) * static_cast<std::size_t>(seen.height);
    require(tensor.has_value() && tensor.value().size() == 3 * plane, "3 × height × width");
    require(plane < std::size_t{2} * static_cast<std::size_t>(spec.side * spec.side),
            "no input is twice as large as the square");
    for (std::size_t i = 0; i < tensor.value().size(); ++i) {
        const std::size_t channel = i / plane;
        const float least = (0.0F - spec.mean[channel]) / spec.std[channel];
        const float most = (1.0F - spec.mean[channel]) / spec.std[channel];
        require(tensor.value()[i] >= least && tensor.value()[i] <= most, "values are in range");
    }
    push_in_bands(banded.value(), view.value(), bands);
    require(banded.value().finish().value() == tensor.value(), "bands change nothing");
    return 0;
}
