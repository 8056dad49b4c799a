#include "likeness/fingerprint.hpp"
#include "support/catch.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr Rgb white{255, 255, 255};

Fingerprint take(const Picture& picture) { return fingerprint(picture.view(), white).value(); }

bool same(const Fingerprint& a, const Fingerprint& b) {
    return a.size == b.size && a.digest == b.digest && a.greyscale == b.greyscale &&
           a.luma == b.luma && a.full_luma == b.full_luma;
}

std::vector<std::uint8_t> with_alpha(const Picture& picture, std::uint8_t alpha) {
    std::vector<std::uint8_t> rgba;
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
        rgba.insert(rgba.end(), {picture.rgb[i], picture.rgb[i + 1], picture.rgb[i + 2], alpha});
    }
    return rgba;
}

int largest_difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    REQUIRE(a.size() == b.size());
    int largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

}  // namespace

TEST_CASE("a fingerprint doesn't depend on the banding", "[fingerprint]") {
    for (const Size size : {Size{203, 151}, Size{1, 1}, Size{5, 300}, Size{300, 2}}) {
        for (const int channels : {3, 4}) {
            const auto row_bytes =
                static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels);
            const std::size_t stride = row_bytes + 5;
            const auto pixels = random_bytes(stride * static_cast<std::size_t>(size.height), 3);
            const auto view = ImageView::create(pixels, size, channels, stride);
            REQUIRE(view);
            const auto whole = fingerprint(view.value(), {1, 2, 3});
            REQUIRE(whole);

            auto bands = Fingerprinter::create(size, channels, {1, 2, 3});
            REQUIRE(bands);
            CHECK(bands.value().region() == Region{0, 0, size.width, size.height});
            Random random(4);
            for (int y = 0; y < size.height;) {
                CHECK_FALSE(bands.value().complete());
                const int rows = std::min(random.between(0, 9), size.height - y);
                const std::span rest =
                    std::span(pixels).subspan(static_cast<std::size_t>(y) * stride);
                REQUIRE(bands.value().push_rows(rest, stride, rows));
                y += rows;
            }
            CHECK(bands.value().complete());
            const auto banded = bands.value().finish();
            REQUIRE(banded);
            CHECK(same(whole.value(), banded.value()));
        }
    }
}

TEST_CASE("RGB and opaque RGBA have one fingerprint", "[fingerprint]") {
    for (const int width : {1, 3, 4, 7, 130}) {
        const Picture picture = clouds({width, 90}, 1);
        const auto rgba = with_alpha(picture, 255);
        const auto view = ImageView::create(rgba, picture.size, 4,
                                            4 * static_cast<std::size_t>(picture.size.width));
        REQUIRE(view);
        CHECK(same(take(picture), fingerprint(view.value(), {9, 8, 7}).value()));
    }
}

TEST_CASE("transparent pixels count as what they show, but for the digest", "[fingerprint]") {
    const Picture picture = clouds({50, 40}, 2);
    const auto rgba = with_alpha(picture, 0);
    const auto view = ImageView::create(rgba, picture.size, 4, 200);
    REQUIRE(view);
    const Picture flat{picture.size, std::vector<std::uint8_t>(picture.rgb.size(), 77)};
    Fingerprint shown = fingerprint(view.value(), {77, 77, 77}).value();
    CHECK(shown.digest != take(flat).digest);
    shown.digest = take(flat).digest;
    CHECK(same(shown, take(flat)));
}

TEST_CASE("the digest knows every pixel and the size", "[fingerprint]") {
    Picture picture = clouds({60, 40}, 3);
    const auto digest = take(picture).digest;
    CHECK(take({{40, 60}, picture.rgb}).digest != digest);
    picture.rgb.back() ^= 1U;
    CHECK(take(picture).digest != digest);

    // Computed by xxhsum -H128 0.8.1 from the bytes 1 0 0 0 1 0 0 0 10 20 30.
    const Picture dot{{1, 1}, {10, 20, 30}};
    CHECK(take(dot).digest ==
          std::array<std::uint64_t, 2>{0x069e11f525fc273aU, 0x9125876809db2b0dU});
}

TEST_CASE("the luma is Pillow's", "[fingerprint]") {
    const auto luma = [](Rgb colour) {
        const auto print = take({{1, 1}, {colour.r, colour.g, colour.b}});
        CHECK(print.luma == std::vector<std::uint8_t>(64 * 64, print.luma[0]));
        CHECK(print.full_luma == print.luma);
        return static_cast<int>(print.luma[0]);
    };
    // Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0)) in Pillow 9.4.
    CHECK(luma({255, 255, 255}) == 255);
    CHECK(luma({255, 0, 0}) == 76);
    CHECK(luma({0, 255, 0}) == 150);
    CHECK(luma({0, 0, 255}) == 29);
    CHECK(luma({12, 200, 99}) == 132);
}

TEST_CASE("a turned picture has a turned luma", "[fingerprint]") {
    constexpr Size luma_size{Fingerprint::luma_side, Fingerprint::luma_side};
    const auto turned_luma = [&](const Fingerprint& print, Orientation orientation) {
        std::vector<float> tensor;
        for (int channel = 0; channel < 3; ++channel) {
            tensor.insert(tensor.end(), print.luma.begin(), print.luma.end());
        }
        const auto turned = orient_tensor(tensor, luma_size, orientation).value();
        std::vector<std::uint8_t> luma;
        for (std::size_t i = 0; i < print.luma.size(); ++i) {
            luma.push_back(static_cast<std::uint8_t>(turned[i]));
        }
        return luma;
    };
    for (std::uint8_t value = 1; value <= 8; ++value) {
        const auto orientation = static_cast<Orientation>(value);
        INFO("orientation " << int{value});
        const Picture multiple = clouds({384, 256}, 4);
        const auto luma = turned_luma(take(multiple), orientation);
        const auto ours = take(turn(multiple, orientation)).luma;
        // Where rows become columns, the two passes round in the other order.
        if (!swaps_axes(orientation)) CHECK(luma == ours);
        CHECK(largest_difference(luma, ours) <= 2);

        const Picture odd = clouds({301, 211}, 5);
        CHECK(largest_difference(turned_luma(take(odd), orientation),
                                 take(turn(odd, orientation)).luma) <= 3);
    }
}

TEST_CASE("uniform borders are trimmed", "[fingerprint]") {
    const Picture picture = clouds({400, 300}, 6);
    const auto plain = take(picture);
    CHECK(plain.luma == plain.full_luma);
    for (const int width : {10, 20, 30}) {
        const auto bordered = take(add_border(picture, width, {250, 250, 250}));
        CHECK(bordered.luma != bordered.full_luma);
        long with_border = 0;
        long without = 0;
        for (std::size_t i = 0; i < plain.luma.size(); ++i) {
            with_border += std::abs(plain.luma[i] - bordered.full_luma[i]);
            without += std::abs(plain.luma[i] - bordered.luma[i]);
        }
        CHECK(without * 4 < with_border);
    }
}

TEST_CASE("no more than a half of a side is trimmed", "[fingerprint]") {
    // A black dot on white: a quarter is cut off at each edge, so the dot doubles.
    Picture dot{{128, 128}, std::vector<std::uint8_t>(128 * 128 * 3, 255)};
    for (int y = 60; y < 68; ++y) std::fill_n(dot.rgb.begin() + (y * 128 + 60) * 3, 8 * 3, 0);
    const auto print = take(dot);
    const auto dark = [](const std::vector<std::uint8_t>& luma) {
        return std::count_if(luma.begin(), luma.end(), [](int value) { return value < 128; });
    };
    CHECK(dark(print.full_luma) == 16);
    CHECK(dark(print.luma) == 64);
}

TEST_CASE("grey pictures are told from coloured ones", "[fingerprint]") {
    const Picture picture = clouds({200, 150}, 7);
    CHECK_FALSE(take(picture).greyscale);
    Picture grey = desaturate(picture);
    CHECK(take(grey).greyscale);
    for (std::size_t i = 0; i < grey.rgb.size(); i += 3) {
        grey.rgb[i] = static_cast<std::uint8_t>(std::max(0, grey.rgb[i] - 8));
    }
    CHECK(take(grey).greyscale);
    CHECK(take(add_border(desaturate(picture), 12, {200, 30, 30})).greyscale);

    Picture spot = desaturate(picture);
    for (int y = 70; y < 80; ++y) {
        for (int x = 90; x < 100; ++x) spot.rgb[spot.offset(x, y)] ^= 0x80U;
    }
    CHECK_FALSE(take(spot).greyscale);
}

TEST_CASE("impossible pictures and rows are refused", "[fingerprint]") {
    for (const auto& [size, channels] :
         {std::pair{Size{0, 5}, 3}, std::pair{Size{5, -1}, 4}, std::pair{Size{5, 5}, 1}}) {
        const auto refused = Fingerprinter::create(size, channels, white);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::invalid_argument);
    }
    auto fingerprinter = Fingerprinter::create({4, 3}, 4, white);
    REQUIRE(fingerprinter);
    const std::vector<std::uint8_t> pixels(48, 9);
    const auto code = [&](std::size_t bytes, std::size_t stride, int rows) {
        auto status = fingerprinter.value().push_rows(std::span(pixels).first(bytes), stride, rows);
        REQUIRE_FALSE(status);
        return status.error().code;
    };
    CHECK(code(48, 15, 3) == ErrorCode::invalid_argument);
    CHECK(code(47, 16, 3) == ErrorCode::invalid_argument);
    CHECK(code(48, 16, 4) == ErrorCode::invalid_argument);
    CHECK(code(48, 16, -1) == ErrorCode::invalid_argument);
    CHECK(fingerprinter.value().finish().error().code == ErrorCode::invalid_argument);
    CHECK(fingerprinter.value().push_rows(pixels, 16, 3));
    CHECK(fingerprinter.value().finish());
    CHECK(fingerprinter.value().working_bytes() > 128 * 128 * 3);
}
