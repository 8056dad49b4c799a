/// @file
/// Fingerprints: of pictures in any bands, and as they come back from a file, where anything may
/// stand in them.
#include "likeness/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "likeness/perceptual_hash.hpp"
#include "likeness/rating.hpp"
#include "likeness/relation.hpp"
#include "support.hpp"

using namespace likeness;
using fuzz::require;

namespace {

constexpr std::array all_orientations{Orientation::top_left,     Orientation::top_right,
                                      Orientation::bottom_right, Orientation::bottom_left,
                                      Orientation::left_top,     Orientation::right_top,
                                      Orientation::right_bottom, Orientation::left_bottom};

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
    return print;
}

RatingModel model() {
    const std::array cosines{-1.0, 0.3, 1.0};
    const std::array scores{0.0, 20.0, 100.0};
    const auto curve = Calibration::create(cosines, scores).value();
    return {curve, curve, 40.0, {10.0, 5.0, 5.0, 10.0, -15.0}};
}

void check_pair(const Fingerprint& a, const Fingerprint& b, double cosine) {
    const auto evidence = compare_fingerprints(a, b, all_orientations);
    const std::array cosines{Cosines{cosine, cosine}};
    const auto rating = rate(model(), cosines, a, b, all_orientations);
    require(rating.has_value() == (evidence.has_value() && std::isfinite(cosine)),
            "what can be compared can be rated");
    if (!evidence) return;
    require(evidence.value().best_candidate < all_orientations.size(), "one candidate is the best");
    for (const auto& candidate : evidence.value().candidates) {
        require(candidate.dct >= 0 && candidate.dct <= 64 && candidate.gradient >= 0 &&
                    candidate.gradient <= 64,
                "distances are 0 to 64");
    }
    for (const double correlation :
         {evidence.value().full_correlation, evidence.value().window_correlation}) {
        require(std::abs(correlation) <= 1.0 + 1e-9, "correlations are -1 to 1");
    }
    if (!rating) return;
    require(rating.value().score >= 0.0 && rating.value().score <= 100.0, "scores are 0 to 100");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const bool from_file = input.byte() % 2 == 1;
    const double cosine = input.any_float();
    const auto a = of_picture(input);
    const auto b = from_file ? stored(input) : of_picture(input);
    check_pair(a, b, cosine);
    const auto self = compare_fingerprints(a, a, std::array{Orientation::top_left}).value();
    require(self.same_pixels && self.best().dct == 0 && self.best().gradient == 0,
            "a picture is the same as itself");
    return 0;
}
