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

TEST_CASE("the tensor holds normalised planes of the scalar code's crop", "[preprocess]") {
    const Size source{91, 60};
    const auto pixels = random_bytes(91 * 60 * 3, 8);
    const auto view = ImageView::create(pixels, source, 3, 91 * 3);
    REQUIRE(view);
    const PreprocessSpec spec;
    const auto tensor = preprocess(view.value(), spec, {255, 255, 255});
    REQUIRE(tensor);
    REQUIRE(tensor.value().size() == 3 * 224 * 224);

    const auto crop = scalar_resample(pixels, source, {388, 256}, {82, 16, 224, 224});
    bool equal = true;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t i = 0; i < 224 * 224; ++i) {
            const float scaled = static_cast<float>(crop[3 * i + channel]) / 255.0F;
            const float normalised = (scaled - spec.mean[channel]) / spec.std[channel];
            equal = equal && tensor.value()[channel * 224 * 224 + i] == normalised;
        }
    }
    CHECK(equal);
}

TEST_CASE("impossible specifications are refused", "[preprocess]") {
    const auto code = [](Size size, int channels, const PreprocessSpec& spec) {
        const auto preprocessor = Preprocessor::create(size, channels, spec, {});
        REQUIRE_FALSE(preprocessor);
        return preprocessor.error().code;
    };
    PreprocessSpec large_crop;
    large_crop.crop = 257;
    CHECK(code({9, 9}, 3, large_crop) == ErrorCode::invalid_argument);
    PreprocessSpec no_crop;
    no_crop.crop = 0;
    CHECK(code({9, 9}, 3, no_crop) == ErrorCode::invalid_argument);
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
