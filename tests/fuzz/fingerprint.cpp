/// @file
/// Fingerprints: of pictures in any bands, and as they come back from a file, where anything may
/// stand in them.
#include "likeness/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "likeness/rating.hpp"
#include "support.hpp"

using namespace likeness;
using fuzz::require;

namespace {

Fingerprint of_picture(fuzz::Input& input) {
    const Size size{input.between(1, 150), input.between(1, 150)};
    const int channels = input.between(3, 4);
    const Rgb background{input.byte(), input.byte(), input.byte()};
    const std::size_t stride =
        static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels);
    fuzz::Input bands = input;
    const auto pixels = input.pattern(stride * static_cast<std::size_t>(size.height));
    const auto view = ImageView::create(pixels, size, channels, stride).value();
    auto whole = fingerprint(view, background).value();

    auto banded = Fingerprinter::create(size, channels, background).value();
    for (int taken = 0; taken < size.height;) {
        require(!banded.finish(), "no fingerprint before the end");
        const int left = size.height - taken;
        const int rows = std::clamp(bands.empty() ? left : int{bands.byte()}, 1, left);
        const auto band = view.bytes({0, taken, size.width, rows});
        require(banded.push_rows(band, stride, rows).has_value(), "a band is taken");
        taken += rows;
    }
    const auto print = banded.finish().value();
    require(print.size == whole.size && print.digest == whole.digest &&
                print.greyscale == whole.greyscale && print.luma == whole.luma &&
                print.full_luma == whole.full_luma,
            "bands change nothing");
    return whole;
}

/// As it might stand in a damaged file of embeddings.
Fingerprint stored(fuzz::Input& input) {
    constexpr std::size_t pixels = std::size_t{Fingerprint::luma_side} * Fingerprint::luma_side;
    Fingerprint print;
    print.size = {input.between(-2, 5000), input.between(-2, 5000)};
    print.digest = {input.word(), input.word()};
    print.greyscale = input.byte() % 2 == 1;
    print.luma = input.pattern(input.byte() == 1 ? input.byte() : pixels);
    print.full_luma = input.pattern(input.byte() == 1 ? input.byte() : pixels);
    print.frames = input.between(-2, 5);
    return print;
}

RatingModel model() {
    const std::array cosines{-1.0, 0.3, 1.0};
    const std::array scores{0.0, 20.0, 100.0};
    const auto curve = Calibration::create(cosines, scores).value();
    return {curve, curve, 40.0};
}

void check_pair(const Fingerprint& a, const Fingerprint& b, double cosine) {
    const Evidence evidence = compare_fingerprints(a, b);
    const std::array cosines{Cosines{cosine, cosine}};
    const auto rating = rate(model(), cosines, evidence);
    require(rating.has_value() == std::isfinite(cosine), "a finite cosine can be rated");
    if (!rating) return;
    require(rating.value().score >= 0.0 && rating.value().score <= 100.0, "scores are 0 to 100");
    require((rating.value().verdict == Verdict::identical) == (rating.value().score == 100.0),
            "100 is the same pixels");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const bool from_file = input.byte() % 2 == 1;
    const double cosine = input.any_float();
    const auto a = of_picture(input);
    const auto b = from_file ? stored(input) : of_picture(input);
    check_pair(a, b, cosine);
    require(compare_fingerprints(a, a).same_pixels, "a picture is the same as itself");
    return 0;
}
