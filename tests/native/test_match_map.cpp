#include <cmath>
#include <limits>

#include "likeness/embedding.hpp"
#include "likeness/match_map.hpp"
#include "likeness/similarity.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr int channels = 1280;
constexpr int cells = 49;

double total(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum;
}

std::vector<double> cell(const std::vector<float>& map, std::size_t i) {
    std::vector<double> vector;
    for (std::size_t channel = 0; channel < channels; ++channel) {
        vector.push_back(double{map[channel * cells + i]});
    }
    return vector;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

std::vector<double> pool(const std::vector<float>& map) {
    std::vector<double> pooled(channels);
    for (std::size_t i = 0; i < cells; ++i) {
        const auto vector = cell(map, i);
        for (std::size_t channel = 0; channel < channels; ++channel) {
            pooled[channel] += vector[channel] / cells;
        }
    }
    return pooled;
}

}  // namespace

TEST_CASE("contributions add up to the cosine", "[match map]") {
    const auto a = random_floats(channels * cells, 1);
    const auto b = random_floats(channels * cells, 2);
    const auto map = match_map(a, b, channels);
    REQUIRE(map);
    CHECK(map.value().a.size() == cells);
    CHECK(map.value().b.size() == cells);
    CHECK(std::abs(total(map.value().a) - map.value().cosine) < 1e-9);
    CHECK(std::abs(total(map.value().b) - map.value().cosine) < 1e-9);
    const auto cosine = cosine_similarity(global_average_pool(a, channels, cells).value(),
                                          global_average_pool(b, channels, cells).value());
    REQUIRE(cosine);
    CHECK(std::abs(cosine.value() - map.value().cosine) < 1e-7);
}

TEST_CASE("the terms are those of a naive computation", "[match map]") {
    const auto a = random_floats(channels * cells, 4);
    const auto b = random_floats(channels * cells, 5);
    const auto pooled_a = pool(a);
    const auto pooled_b = pool(b);
    const double length = std::sqrt(dot(pooled_a, pooled_a) * dot(pooled_b, pooled_b));

    const auto map = match_map(a, b, channels);
    REQUIRE(map);
    CHECK(map.value().cosine == Approx(dot(pooled_a, pooled_b) / length).epsilon(1e-12));
    REQUIRE(map.value().terms.size() == cells * cells);
    double largest_term_error = 0.0;
    std::vector<double> row_sums(cells);
    for (std::size_t i = 0; i < cells; ++i) {
        const auto x = cell(a, i);
        for (std::size_t j = 0; j < cells; ++j) {
            const auto y = cell(b, j);
            const double term = dot(x, y) / (cells * cells * length);
            row_sums[i] += term;
            const std::size_t at = i * cells + j;
            largest_term_error =
                std::max(largest_term_error, std::abs(map.value().terms[at] - term));
        }
        CHECK(std::abs(map.value().a[i] - row_sums[i]) < 1e-12);
    }
    CHECK(largest_term_error < 1e-9);
}

TEST_CASE("a map matches itself", "[match map]") {
    const auto a = random_floats(channels * cells, 7);
    const auto map = match_map(a, a, channels);
    REQUIRE(map);
    CHECK(map.value().cosine == 1.0);
    CHECK(map.value().a == map.value().b);
    for (std::size_t i = 0; i < cells; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            CHECK(map.value().terms[i * cells + j] == map.value().terms[j * cells + i]);
        }
    }
}

TEST_CASE("a map of centred features adds up to the centred cosine", "[match map]") {
    const auto a = random_floats(channels * cells, 8);
    const auto b = random_floats(channels * cells, 9);
    auto mean = random_floats(channels, 10);
    for (float& value : mean) value /= 20.0F;
    const auto map = match_map(centre(a, channels, cells, mean).value(),
                               centre(b, channels, cells, mean).value(), channels);
    REQUIRE(map);
    const auto embed = [&](const std::vector<float>& features) {
        const auto pooled = global_average_pool(features, channels, cells).value();
        return centre(pooled, channels, 1, mean).value();
    };
    const double cosine = cosine_similarity(embed(a), embed(b)).value();
    CHECK(std::abs(total(map.value().a) - cosine) < 1e-6);
    CHECK(std::abs(total(map.value().b) - cosine) < 1e-6);
}

TEST_CASE("pictures of two shapes have terms for each pair of their cells", "[match map]") {
    constexpr int wide = 44;
    const auto a = random_floats(channels * cells, 11);
    const auto b = random_floats(channels * wide, 12);
    const auto map = match_map(a, b, channels);
    REQUIRE(map);
    CHECK(map.value().a.size() == cells);
    CHECK(map.value().b.size() == wide);
    CHECK(map.value().terms.size() == cells * wide);
    const auto back = match_map(b, a, channels).value();
    CHECK(back.terms[3 * cells + 5] == map.value().terms[5 * wide + 3]);
    const double cosine = cosine_similarity(global_average_pool(a, channels, cells).value(),
                                            global_average_pool(b, channels, wide).value())
                              .value();
    CHECK(std::abs(total(map.value().a) - cosine) < 1e-7);
    CHECK(std::abs(total(map.value().b) - cosine) < 1e-7);
    const CellPair strongest = strongest_pairs(map.value(), 1).front();
    CHECK(map.value().terms[strongest.a * wide + strongest.b] == strongest.term);
}

TEST_CASE("the strongest pairs come in order", "[match map]") {
    MatchMap map;
    map.a.resize(2);
    map.b.resize(2);
    map.terms = {0.1F, 0.4F, 0.4F, -0.2F};
    CHECK(strongest_pairs(map, 3) ==
          std::vector<CellPair>{{0, 1, 0.4F}, {1, 0, 0.4F}, {0, 0, 0.1F}});
    CHECK(strongest_pairs(map, 9).size() == 4);
    CHECK(strongest_pairs(map, 9).back() == CellPair{1, 1, -0.2F});
    CHECK(strongest_pairs(map, 0).empty());
    CHECK(strongest_pairs({}, 5).empty());
}

TEST_CASE("cells without features give nothing", "[match map]") {
    // Three channels of two cells; the second cell is zero.
    const std::vector<float> half{2.0F, 0.0F, 2.0F, 0.0F, 2.0F, 0.0F};
    const auto map = match_map(half, half, 3);
    REQUIRE(map);
    CHECK(map.value().cosine == 1.0);
    CHECK(map.value().terms == std::vector<float>{1.0F, 0.0F, 0.0F, 0.0F});
}

TEST_CASE("maps that don't compare are refused", "[match map]") {
    const auto good = random_floats(12, 8);
    const auto code = [&](const std::vector<float>& a, const std::vector<float>& b, int rows) {
        const auto map = match_map(a, b, rows);
        REQUIRE_FALSE(map);
        return map.error().code;
    };
    CHECK(code(good, good, 0) == ErrorCode::invalid_argument);
    CHECK(code(good, good, 5) == ErrorCode::invalid_argument);
    CHECK(code(good, {}, 3) == ErrorCode::invalid_argument);
    CHECK(code(good, random_floats(11, 8), 3) == ErrorCode::invalid_argument);
    for (const float value : {NAN, INFINITY, -INFINITY}) {
        auto bad = good;
        bad[5] = value;
        CHECK(code(good, bad, 3) == ErrorCode::invalid_argument);
        CHECK(code(bad, good, 3) == ErrorCode::invalid_argument);
    }
    const std::vector<float> zeros(12);
    CHECK(code(good, zeros, 3) == ErrorCode::zero_embedding);
    CHECK(code(zeros, good, 3) == ErrorCode::zero_embedding);
}

TEST_CASE("a heat map runs from 0 to 1, bilinear in between", "[match map]") {
    const std::vector<double> values{-1.0, 1.0, 3.0, 7.0};
    const auto map = heat_map(values, {2, 2}, {4, 4});
    REQUIRE(map);
    REQUIRE(map.value().size() == 16);
    CHECK(map.value().front() == 0.0F);
    CHECK(map.value().back() == 1.0F);
    CHECK(map.value()[1] == 0.0625F);
    CHECK(map.value()[4] == 0.125F);
    // Bilinear at a quarter of the way in both directions.
    CHECK(map.value()[5] == Approx(0.75 * 0.75 * 0.0 + 0.75 * 0.25 * (0.25 + 0.5) + 0.0625));

    CHECK(heat_map(std::vector<double>(49, 0.3), {7, 7}, {5, 5}).value() == std::vector<float>(25));
    CHECK(heat_map(std::vector{5.0}, {1, 1}, {2, 2}).value() == std::vector<float>(4));
    const double huge = std::numeric_limits<double>::max();
    CHECK(heat_map(std::vector{-huge, huge, 0.0, 0.0}, {2, 2}, {2, 2}).value() ==
          std::vector<float>{0.0F, 1.0F, 0.5F, 0.5F});

    const auto same = heat_map(values, {2, 2}, {2, 2});
    CHECK(same.value() == std::vector<float>{0.0F, 0.25F, 0.5F, 1.0F});

    // Three columns, one row: the rows of the drawing are all the same.
    const auto row = heat_map(std::vector{0.0, 4.0, 2.0}, {3, 1}, {3, 2});
    CHECK(row.value() == std::vector<float>{0.0F, 1.0F, 0.5F, 0.0F, 1.0F, 0.5F});
}

TEST_CASE("heat maps that can't be drawn are refused", "[match map]") {
    const std::vector<double> values(49, 1.0);
    const auto code = [&](Size grid, Size drawn) {
        return heat_map(values, grid, drawn).error().code;
    };
    CHECK(code({6, 7}, {9, 9}) == ErrorCode::invalid_argument);
    CHECK(code({7, 6}, {9, 9}) == ErrorCode::invalid_argument);
    CHECK(code({49, 49}, {9, 9}) == ErrorCode::invalid_argument);
    CHECK(code({0, 7}, {9, 9}) == ErrorCode::invalid_argument);
    CHECK(code({7, 7}, {0, 9}) == ErrorCode::invalid_argument);
    CHECK(code({7, 7}, {9, 0}) == ErrorCode::invalid_argument);
    CHECK(code({7, 7}, {9, 5000}) == ErrorCode::invalid_argument);
    CHECK(heat_map({}, {0, 0}, {9, 9}).error().code == ErrorCode::invalid_argument);
    CHECK(heat_map(std::vector<double>{NAN}, {1, 1}, {3, 3}).error().code ==
          ErrorCode::invalid_argument);
}
