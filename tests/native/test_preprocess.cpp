#include <limits>

#include "likeness/preprocess.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/scalar_resample.hpp"

using namespace likeness;
using namespace likeness::test;

TEST_CASE("sizes are torchvision's", "[preprocess]") {
    const auto size = [](Size source) { return resized_size(source, 256).value(); };
    CHECK(size({500, 333}) == Size{384, 256});
    CHECK(size({333, 500}) == Size{256, 384});
    CHECK(size({37, 61}) == Size{256, 422});
    CHECK(size({7, 7}) == Size{256, 256});
    CHECK(size({1, 65500}) == Size{256, 16'768'000});
    CHECK(resized_size({0, 3}, 256).error().code == ErrorCode::invalid_argument);
    CHECK(resized_size({1, 9'000'000}, 256).error().code == ErrorCode::image_too_large);
}

TEST_CASE("the crop's offset rounds half to even", "[preprocess]") {
    CHECK(center_crop_offset(224, 224) == 0);
    CHECK(center_crop_offset(225, 224) == 0);
    CHECK(center_crop_offset(226, 224) == 1);
    CHECK(center_crop_offset(227, 224) == 2);
    CHECK(center_crop_offset(229, 224) == 2);
    CHECK(center_crop_offset(231, 224) == 4);
    CHECK(center_crop_offset(256, 224) == 16);
}

TEST_CASE("the whole view has about the area of the square, in the picture's shape",
          "[preprocess]") {
    const auto full = [](Size source) { return whole_size(source, 224, 32).value(); };
    CHECK(full({9, 9}) == Size{224, 224});
    CHECK(full({400, 300}) == Size{256, 192});
    CHECK(full({300, 400}) == Size{192, 256});
    CHECK(full({4032, 3024}) == Size{256, 192});
    CHECK(full({300, 200}) == Size{288, 192});
    CHECK(full({1920, 1080}) == Size{288, 160});
    CHECK(full({1080, 2400}) == Size{160, 320});
    CHECK(full({2000, 200}) == Size{704, 64});
    const auto lite = [](Size source) { return whole_size(source, 128, 32).value(); };
    CHECK(lite({400, 300}) == Size{160, 96});
    CHECK(lite({600, 300}) == Size{192, 96});
    CHECK(lite({2000, 200}) == Size{352, 64});
    // The side need be no multiple of the stride.
    const auto between = [](Size source) { return whole_size(source, 144, 32).value(); };
    CHECK(between({10, 9}) == Size{160, 128});
    CHECK(between({9, 10}) == Size{128, 160});
    CHECK(between({400, 300}) == Size{160, 128});
    CHECK(between({300, 200}) == Size{192, 128});
    CHECK(between({2000, 200}) == Size{448, 64});
}

TEST_CASE("sides that lie halfway between two multiples are rounded up", "[preprocess]") {
    // 10 · √(625 / 400) = 12.5 strides, and 10 · √(289 / 400) = 8.5.
    CHECK(whole_size({625, 400}, 1000, 100).value() == Size{1300, 800});
    CHECK(whole_size({624, 400}, 1000, 100).value() == Size{1200, 800});
    CHECK(whole_size({400, 289}, 1000, 100).value() == Size{1200, 900});
    CHECK(whole_size({40'000, 28'899}, 1000, 100).value() == Size{1200, 800});
}

TEST_CASE("a square halfway between two multiples gets the smaller one as its width",
          "[preprocess]") {
    CHECK(whole_size({9, 9}, 144, 32).value() == Size{128, 160});
    CHECK(whole_size({9, 9}, 143, 32).value() == Size{128, 128});
    CHECK(whole_size({9, 9}, 145, 32).value() == Size{160, 160});
    CHECK(whole_size({9, 9}, 48, 32).value() == Size{32, 64});
}

TEST_CASE("whatever the shape, the whole view costs less than twice the square", "[preprocess]") {
    constexpr int stride = 32;
    for (int side = stride; side <= 512; side += 16) {
        for (int width = 1000; width < 60'000; width += width / 40) {
            const Size source{width, 1000};
            const Size size = whole_size(source, side, stride).value();
            INFO(width << " : 1000 at " << side << " gives " << size.width << " × " << size.height);
            CHECK(size.width % stride == 0);
            CHECK(size.height % stride == 0);
            CHECK(size.height >= std::min(side / stride, 2) * stride);
            CHECK(size.width * size.height < 2 * side * side);
            if (width == 1000) continue;  // The sides of a square may differ by a stride.
            CHECK(size.width >= size.height);
            CHECK(whole_size({1000, width}, side, stride).value() == Size{size.height, size.width});
        }
    }
}

TEST_CASE("the longest and thinnest pictures are squashed", "[preprocess]") {
    constexpr int most = std::numeric_limits<int>::max();
    CHECK(whole_size({100'000, 1000}, 224, 32).value() == Size{1056, 64});
    CHECK(whole_size({most, 1}, 224, 32).value() == whole_size({100, 1}, 224, 32).value());
    CHECK(whole_size({1, most}, 128, 32).value() == whole_size({1, 100}, 128, 32).value());
    CHECK(whole_size({most, most}, 16384, 1).value() == Size{16384, 16384});
    CHECK(whole_size({most, 1}, 16384, 16384).value() == Size{16384, 16384});
}

TEST_CASE("a whole view of impossible sizes is refused", "[preprocess]") {
    const auto code = [](Size source, int side, int stride) {
        return whole_size(source, side, stride).error().code;
    };
    CHECK(code({0, 3}, 224, 32) == ErrorCode::invalid_argument);
    CHECK(code({3, -1}, 224, 32) == ErrorCode::invalid_argument);
    CHECK(code({3, 3}, 224, 0) == ErrorCode::invalid_argument);
    CHECK(code({3, 3}, 224, 225) == ErrorCode::invalid_argument);
    CHECK(code({3, 3}, 16385, 32) == ErrorCode::invalid_argument);
}

TEST_CASE("the tensor holds normalised planes of what the scalar code resizes", "[preprocess]") {
    const Size source{91, 60};
    const auto pixels = random_bytes(91 * 60 * 3, 8);
    const auto view = ImageView::create(pixels, source, 3, 91 * 3);
    REQUIRE(view);
    struct Case {
        View view;
        Size target;
        Region window;
    };
    const Case cases[] = {{View::centre, {388, 256}, {82, 16, 224, 224}},
                          {View::whole, {288, 192}, {0, 0, 288, 192}}};
    for (const Case& item : cases) {
        const PreprocessSpec spec{.view = item.view};
        const auto tensor = preprocess(view.value(), spec, {255, 255, 255});
        REQUIRE(tensor);
        const auto expected = scalar_resample(pixels, source, item.target, item.window);
        REQUIRE(tensor.value().size() == expected.size());
        const std::size_t plane = expected.size() / 3;
        bool equal = true;
        for (std::size_t channel = 0; channel < 3; ++channel) {
            for (std::size_t i = 0; i < plane; ++i) {
                const float scaled = static_cast<float>(expected[3 * i + channel]) / 255.0F;
                const float normalised = (scaled - spec.mean[channel]) / spec.std[channel];
                equal = equal && tensor.value()[channel * plane + i] == normalised;
            }
        }
        CHECK(equal);
    }
}

TEST_CASE("impossible specifications are refused", "[preprocess]") {
    const auto code = [](Size size, int channels, const PreprocessSpec& spec) {
        const auto preprocessor = Preprocessor::create(size, channels, spec, {});
        REQUIRE_FALSE(preprocessor);
        return preprocessor.error().code;
    };
    CHECK(code({9, 9}, 3, {.view = View::centre, .side = 257}) == ErrorCode::invalid_argument);
    CHECK(code({9, 9}, 3, {.view = View::centre, .side = 0}) == ErrorCode::invalid_argument);
    CHECK(code({9, 9}, 3, {.side = 31}) == ErrorCode::invalid_argument);
    CHECK(code({9, 9}, 3, {.side = 0, .stride = 0}) == ErrorCode::invalid_argument);
    PreprocessSpec flat;
    flat.std[1] = 0.0F;
    CHECK(code({9, 9}, 3, flat) == ErrorCode::invalid_argument);
    CHECK(code({9, 9}, 1, {}) == ErrorCode::invalid_argument);
    CHECK(code({9, 0}, 3, {}) == ErrorCode::invalid_argument);
}

TEST_CASE("a tensor needs all rows", "[preprocess]") {
    const auto preprocessor = Preprocessor::create({300, 300}, 4, {}, {});
    REQUIRE(preprocessor);
    CHECK_FALSE(preprocessor.value().complete());
    const auto tensor = preprocessor.value().finish();
    REQUIRE_FALSE(tensor);
    CHECK(tensor.error().code == ErrorCode::invalid_argument);
}
