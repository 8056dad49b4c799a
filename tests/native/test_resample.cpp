#include <climits>
#include <string>

#include "likeness/resample.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/scalar_resample.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

/// Hands over the region of an RGB(A) picture in bands of random heights up to `longest_band`.
std::vector<std::uint8_t> resample(const StreamingResampler::Spec& spec,
                                   const std::vector<std::uint8_t>& pixels, int longest_band) {
    auto resampler = StreamingResampler::create(spec);
    REQUIRE(resampler);
    const Region region = resampler.value().region();
    const auto view = ImageView::create(
        pixels, spec.source, spec.channels,
        static_cast<std::size_t>(spec.source.width) * static_cast<std::size_t>(spec.channels));
    REQUIRE(view);
    Random random(99);
    for (int y = 0; y < region.height;) {
        CHECK_FALSE(resampler.value().complete());
        const int rows = std::min(random.between(1, longest_band), region.height - y);
        const Region band{region.x, region.y + y, region.width, rows};
        REQUIRE(resampler.value().push_rows(view.value().bytes(band), view.value().stride(), rows));
        y += rows;
    }
    CHECK(resampler.value().complete());
    const auto image = resampler.value().finish();
    REQUIRE(image);
    const auto result = image.value().pixels();
    return {result.begin(), result.end()};
}

std::vector<std::uint8_t> random_picture(Size size, int channels, std::uint32_t seed) {
    return random_bytes(static_cast<std::size_t>(size.width) *
                            static_cast<std::size_t>(size.height) *
                            static_cast<std::size_t>(channels),
                        seed);
}

}  // namespace

TEST_CASE("any banding gives the scalar code's bits", "[resample]") {
    Random random(7);
    for (int round = 0; round < 60; ++round) {
        const Size source{random.between(1, 150), random.between(1, 150)};
        const Size target{random.between(1, 90), random.between(1, 90)};
        const int x = random.between(0, target.width - 1);
        const int y = random.between(0, target.height - 1);
        const Region window{x, y, random.between(1, target.width - x),
                            random.between(1, target.height - y)};
        INFO(source.width << " x " << source.height << " to " << target.width << " x "
                          << target.height);
        const auto pixels = random_picture(source, 3, static_cast<std::uint32_t>(round) + 1);
        const auto expected = scalar_resample(pixels, source, target, window);
        for (const int longest_band : {1, 7, INT_MAX}) {
            CHECK(resample({source, target, window}, pixels, longest_band) == expected);
        }
    }
}

TEST_CASE("extreme shapes give the scalar code's bits", "[resample]") {
    struct Shape {
        Size source, target;
        Region window;
    };
    for (const Shape& shape : {
             Shape{{1, 65500}, {256, 256 * 65500}, {16, 128 * 65500 - 112, 224, 224}},
             Shape{{65500, 1}, {256 * 65500, 256}, {128 * 65500 - 112, 16, 224, 224}},
             Shape{{1, 65500}, {4, 3}, {0, 0, 4, 3}},
             Shape{{65500, 2}, {3, 5}, {1, 1, 2, 3}},
             Shape{{1, 1}, {256, 256}, {16, 16, 224, 224}},
         }) {
        const auto pixels = random_picture(shape.source, 3, 5);
        CHECK(resample({shape.source, shape.target, shape.window}, pixels, INT_MAX) ==
              scalar_resample(pixels, shape.source, shape.target, shape.window));
    }
}

TEST_CASE("transparent pixels are composited before resizing", "[resample]") {
    const Size source{50, 40};
    const Size target{20, 30};
    const Region window{0, 0, 20, 30};
    const Rgb background{10, 200, 90};
    const auto rgba = random_picture(source, 4, 3);
    std::vector<std::uint8_t> rgb;
    for (std::size_t i = 0; i < rgba.size(); i += 4) {
        const int alpha = rgba[i + 3];
        for (const auto& [value, behind] :
             {std::pair{rgba[i], background.r}, std::pair{rgba[i + 1], background.g},
              std::pair{rgba[i + 2], background.b}}) {
            // Rounded to nearest; 255 is odd, so there are no ties.
            rgb.push_back(
                static_cast<std::uint8_t>((value * alpha + behind * (255 - alpha) + 127) / 255));
        }
    }
    CHECK(resample({source, target, window, 4, background}, rgba, 5) ==
          scalar_resample(rgb, source, target, window));
}

TEST_CASE("a constant picture stays constant", "[resample]") {
    for (const int value : {0, 1, 127, 128, 254, 255}) {
        for (const Size source : {Size{640, 480}, Size{3, 1000}, Size{1001, 2}, Size{17, 17}}) {
            const std::vector<std::uint8_t> pixels(
                3U * static_cast<unsigned>(source.width * source.height),
                static_cast<std::uint8_t>(value));
            const auto result = resample({source, {100, 90}, {10, 10, 80, 70}}, pixels, 16);
            CHECK(std::all_of(result.begin(), result.end(),
                              [&](std::uint8_t byte) { return byte == value; }));
        }
    }
}

TEST_CASE("only the region that the window needs is asked for", "[resample]") {
    const auto resampler =
        StreamingResampler::create({{4000, 3000}, {341, 256}, {58, 16, 224, 224}});
    REQUIRE(resampler);
    const Region region = resampler.value().region();
    CHECK(region.x > 600);
    CHECK(region.width < 2700);
    CHECK(region.y > 150);
    CHECK(region.height < 2700);
}

TEST_CASE("working memory stays under 8 MiB for any size", "[resample]") {
    constexpr std::size_t limit = std::size_t{8} << 20U;
    for (const Size source :
         {Size{4000, 3000}, Size{10000, 10000}, Size{65535, 65535}, Size{65500, 1}, Size{1, 65500},
          Size{8'000'000, 1}, Size{1, 8'000'000}}) {
        const bool wide = source.width > source.height;
        const std::int64_t longer = wide ? source.width : source.height;
        const std::int64_t shorter = wide ? source.height : source.width;
        const int side = static_cast<int>(256 * longer / shorter);
        const Size target = wide ? Size{side, 256} : Size{256, side};
        const auto resampler = StreamingResampler::create(
            {source, target, {(target.width - 224) / 2, (target.height - 224) / 2, 224, 224}, 4});
        REQUIRE(resampler);
        CHECK(resampler.value().working_bytes() < limit);
    }
}

TEST_CASE("of the result only bytes are held, but for the rows under way", "[resample]") {
    constexpr Size target{1024, 768};
    constexpr std::size_t bytes = std::size_t{3} * 1024 * 768;
    for (const Size source : {Size{4000, 3000}, Size{1025, 769}, Size{300, 200}}) {
        const auto resampler =
            StreamingResampler::create({source, target, {0, 0, target.width, target.height}});
        REQUIRE(resampler);
        CHECK(resampler.value().working_bytes() > bytes);
        CHECK(resampler.value().working_bytes() < bytes + bytes / 8);
    }
}

TEST_CASE("impossible resizes are refused", "[resample]") {
    const Size source{10, 10};
    const Size target{5, 5};
    const auto code = [](const StreamingResampler::Spec& spec) {
        const auto resampler = StreamingResampler::create(spec);
        REQUIRE_FALSE(resampler);
        return resampler.error().code;
    };
    CHECK(code({{0, 10}, target, {0, 0, 1, 1}}) == ErrorCode::invalid_argument);
    CHECK(code({source, {5, -5}, {0, 0, 1, 1}}) == ErrorCode::invalid_argument);
    CHECK(code({source, target, {0, 0, 1, 1}, 2}) == ErrorCode::invalid_argument);
    for (const Region window : {Region{-1, 0, 2, 2}, Region{4, 0, 2, 2}, Region{0, 0, 0, 2},
                                Region{0, 1, 5, 5}, Region{INT_MAX, 0, INT_MAX, 1}}) {
        CHECK(code({source, target, window}) == ErrorCode::invalid_argument);
    }
}

TEST_CASE("rows are counted and measured", "[resample]") {
    auto created = StreamingResampler::create({{10, 10}, {5, 5}, {0, 0, 5, 5}});
    REQUIRE(created);
    StreamingResampler& resampler = created.value();
    const std::vector<std::uint8_t> pixels(300);
    CHECK_FALSE(resampler.finish());
    CHECK_FALSE(resampler.push_rows(pixels, 29, 10));
    CHECK_FALSE(resampler.push_rows(std::span(pixels).first(299), 30, 10));
    CHECK_FALSE(resampler.push_rows(pixels, 30, 11));
    CHECK_FALSE(resampler.push_rows(pixels, 30, -1));
    CHECK_FALSE(resampler.push_rows({}, 30, 1));
    CHECK(resampler.push_rows({}, 30, 0));
    CHECK(resampler.push_rows(pixels, 30, 9));
    CHECK_FALSE(resampler.complete());
    CHECK_FALSE(resampler.push_rows(pixels, 30, 2));
    CHECK(resampler.push_rows(pixels, 30, 1));
    CHECK(resampler.complete());
    CHECK(resampler.finish());
}
