#include <cmath>
#include <limits>

#include "likeness/embedding.hpp"
#include "likeness/similarity.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

using namespace likeness;
using namespace likeness::test;

TEST_CASE("pooling is the mean of each channel", "[embedding]") {
    const std::vector<float> map{1, 2, 3, 6, -1, -1, -1, -2};
    const auto pooled = global_average_pool(map, 2, 4);
    REQUIRE(pooled);
    CHECK(pooled.value() == std::vector<float>{3.0F, -1.25F});
}

TEST_CASE("pooling rounds once", "[embedding]") {
    // In float the small values would vanish one by one.
    std::vector<float> map(49, 0x1p-24F);
    map[0] = 1.0F;
    const auto pooled = global_average_pool(map, 1, 49);
    REQUIRE(pooled);
    CHECK(pooled.value()[0] == static_cast<float>((1.0 + 48 * 0x1p-24) / 49));
}

namespace {

std::vector<float> weighed(std::vector<float> map, int channels, int cells) {
    REQUIRE(weigh_cells(map, channels, cells));
    return map;
}

}  // namespace

TEST_CASE("weighed by energy, a cell counts by the square of the sum of its squares",
          "[embedding]") {
    // The cells (1, 2), (3, 1), (0, 0) and (1, 2) have energies of 5, 10, 0 and 5. Their squares,
    // 25, 100, 0 and 25, are 37.5 on average.
    const auto map = weighed({1, 3, 0, 1, 2, 1, 0, 2}, 2, 4);
    CHECK(map == std::vector<float>{static_cast<float>(25 / 37.5), 8, 0,
                                    static_cast<float>(25 / 37.5), static_cast<float>(50 / 37.5),
                                    static_cast<float>(100 / 37.5), 0,
                                    static_cast<float>(50 / 37.5)});
    const auto pooled = global_average_pool(map, 2, 4).value();
    CHECK(pooled[0] == Approx((1 * 25 + 3 * 100 + 1 * 25) / 150.0));
    CHECK(pooled[1] == Approx((2 * 25 + 1 * 100 + 2 * 25) / 150.0));
}

TEST_CASE("cells of equal energy, a single one and none at all stay as they are", "[embedding]") {
    const std::vector<float> turned{3, 4, 0, 4, 3, 5};
    CHECK(weighed(turned, 2, 3) == turned);
    const auto vector = random_floats(1280, 4);
    CHECK(weighed(vector, 1280, 1) == vector);
    const std::vector<float> zeros(6);
    CHECK(weighed(zeros, 2, 3) == zeros);
}

TEST_CASE("the scale of a feature map leaves the weights as they are", "[embedding]") {
    const auto map = random_floats(std::size_t{16} * 9, 6);
    const auto scaled = [](std::vector<float> values) {
        for (float& value : values) value *= 0x1p100F;
        return values;
    };
    CHECK(weighed(scaled(map), 16, 9) == scaled(weighed(map, 16, 9)));
}

TEST_CASE("weighing checks the map's shape", "[embedding]") {
    std::vector<float> map{1, 2, 3, 4};
    CHECK(weigh_cells(map, 0, 4).error().code == ErrorCode::invalid_argument);
    CHECK(weigh_cells(map, 3, 1).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("numbers that aren't finite stay for the cosine to refuse", "[embedding]") {
    CHECK(weighed({1, 2, 3, INFINITY}, 2, 2) == std::vector<float>{1, 2, 3, INFINITY});
    CHECK(std::isnan(weighed({1, NAN, 3, 4}, 2, 2)[1]));
}

TEST_CASE("centring takes the mean from the direction", "[embedding]") {
    const std::vector<float> map{2, 4, 4, 4};  // Pooled: 3, 4.
    const std::vector<float> mean{0.5F, 0.25F};
    const auto centred = centre(map, 2, 2, mean);
    REQUIRE(centred);
    const std::vector<float> expected{-0.1F, 0.3F, 0.55F, 0.55F};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(centred.value()[i] == Approx(expected[i]).margin(1e-7));
    }
    const auto pooled = global_average_pool(centred.value(), 2, 2).value();
    const auto embedding = centre(std::vector{3.0F, 4.0F}, 2, 1, mean).value();
    for (std::size_t i = 0; i < embedding.size(); ++i) {
        CHECK(pooled[i] == Approx(embedding[i]).margin(1e-7));
    }
}

TEST_CASE("centring on nothing leaves the direction", "[embedding]") {
    const auto a = random_floats(1280, 1);
    const auto b = random_floats(1280, 2);
    const std::vector<float> nothing(1280);
    const auto cosine = cosine_similarity(a, b).value();
    const auto centred =
        cosine_similarity(centre(a, 1280, 1, nothing).value(), centre(b, 1280, 1, nothing).value())
            .value();
    CHECK(centred == Approx(cosine).margin(1e-7));
}

TEST_CASE("centring checks what it gets", "[embedding]") {
    const std::vector<float> map{1, 2, 3, 4};
    const auto code = [](const std::vector<float>& features, int channels, int cells,
                         const std::vector<float>& mean) {
        return centre(features, channels, cells, mean).error().code;
    };
    CHECK(code(map, 2, 2, {0.5F}) == ErrorCode::invalid_argument);
    CHECK(code(map, 0, 2, {}) == ErrorCode::invalid_argument);
    CHECK(code(map, 3, 1, {0, 0, 0}) == ErrorCode::invalid_argument);
    CHECK(code({1, 2, NAN, 4}, 2, 2, {0, 0}) == ErrorCode::invalid_argument);
    CHECK(code(map, 2, 2, {0, INFINITY}) == ErrorCode::invalid_argument);
    CHECK(code({0, 0, 0, 0}, 2, 2, {0, 0}) == ErrorCode::zero_embedding);
}

TEST_CASE("pooling checks the map's shape", "[embedding]") {
    const std::vector<float> map(12);
    for (const auto& [channels, cells] : {std::pair{0, 12}, std::pair{12, 0}, std::pair{5, 2},
                                          std::pair{3, 5}, std::pair{-3, -4}}) {
        const auto pooled = global_average_pool(map, channels, cells);
        REQUIRE_FALSE(pooled);
        CHECK(pooled.error().code == ErrorCode::invalid_argument);
    }
}

TEST_CASE("equal directions have cosine 1, opposite ones -1", "[similarity]") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        const auto a = random_floats(1280, seed);
        CHECK(cosine_similarity(a, a).value() == 1.0);
        auto opposite = a;
        for (float& value : opposite) value = -value;
        CHECK(cosine_similarity(a, opposite).value() == -1.0);
        const auto b = random_floats(1280, seed + 100);
        CHECK(cosine_similarity(a, b).value() == cosine_similarity(b, a).value());
        CHECK(cosine_similarity(a, b).value() < 1.0);
    }
}

TEST_CASE("the cosine is the textbook's", "[similarity]") {
    CHECK(cosine_similarity(std::vector<float>{3, 4}, std::vector<float>{4, 3}).value() == 0.96);
    CHECK(cosine_similarity(std::vector<float>{1, 0}, std::vector<float>{0, 5}).value() == 0.0);
}

TEST_CASE("extreme lengths don't overflow or vanish", "[similarity]") {
    const std::vector<float> huge(1280, std::numeric_limits<float>::max());
    const std::vector<float> tiny(1280, std::numeric_limits<float>::denorm_min());
    CHECK(cosine_similarity(huge, huge).value() == 1.0);
    CHECK(cosine_similarity(tiny, tiny).value() == 1.0);
    CHECK(cosine_similarity(huge, tiny).value() == Approx(1.0).epsilon(1e-12));
}

TEST_CASE("vectors that have no cosine are refused", "[similarity]") {
    const std::vector<float> ones(4, 1.0F);
    const auto code = [&](const std::vector<float>& other) {
        CHECK(cosine_similarity(other, ones).error().code ==
              cosine_similarity(ones, other).error().code);
        return cosine_similarity(ones, other).error().code;
    };
    CHECK(code(std::vector<float>(3, 1.0F)) == ErrorCode::invalid_argument);
    CHECK(code({}) == ErrorCode::invalid_argument);
    CHECK(code({1, 1, 1, NAN}) == ErrorCode::invalid_argument);
    CHECK(code({1, 1, 1, INFINITY}) == ErrorCode::invalid_argument);
    CHECK(code({0, 0, 0, 0}) == ErrorCode::zero_embedding);
    CHECK(cosine_similarity(std::vector<float>{}, std::vector<float>{}).error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("embeddings of different models don't compare", "[similarity]") {
    const Embedding a{"mobilenetv2@1", {1, 2, 3}};
    const Embedding b{"mobilenetv2@2", {1, 2, 3}};
    const auto mismatch = cosine_similarity(a, b);
    REQUIRE_FALSE(mismatch);
    CHECK(mismatch.error().code == ErrorCode::model_mismatch);
    CHECK(mismatch.error().message.find("mobilenetv2@2") != std::string::npos);
    CHECK(cosine_similarity(a, a).value() == 1.0);
}
