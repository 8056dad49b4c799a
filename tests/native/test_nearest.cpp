#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

#include "likeness/nearest.hpp"
#include "likeness/similarity.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

using Rows = std::vector<std::vector<float>>;

const std::string model = "mobilenetv2@1";

EmbeddingIndex index_of(const Rows& rows) {
    EmbeddingIndex index;
    for (const auto& row : rows) REQUIRE(index.add(model, row.size(), row));
    return index;
}

/// What the definition says, without a shortcut.
std::vector<Neighbour> plain_nearest(const Rows& rows, const std::vector<float>& query,
                                     std::size_t k) {
    std::vector<Neighbour> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        all.push_back({row, cosine_similarity(query, rows[row]).value()});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Neighbour& a, const Neighbour& b) { return a.cosine > b.cosine; });
    all.resize(std::min(k, all.size()));
    return all;
}

void check_nearest(const Rows& rows, const std::vector<float>& query, std::size_t k) {
    const auto found = index_of(rows).nearest({model, query}, k);
    REQUIRE(found);
    CHECK(found.value() == plain_nearest(rows, query, k));
}

/// Values in [-1, 1), or in [0, 1) with many zeros, as pooled features are.
std::vector<float> random_vector(std::size_t length, std::uint32_t seed, bool features) {
    auto values = random_floats(length, seed);
    for (float& value : values) {
        value = features ? std::max(0.0F, value * 4.0F - 3.0F) : value * 2.0F - 1.0F;
    }
    values[seed % length] = 0.5F;
    return values;
}

Rows random_rows(std::size_t count, std::size_t length, std::uint32_t seed, bool features) {
    Rows rows;
    for (std::size_t row = 0; row < count; ++row) {
        rows.push_back(
            random_vector(length, seed + static_cast<std::uint32_t>(row) * 7919U, features));
    }
    return rows;
}

ErrorCode code_of_add(EmbeddingIndex& index, const std::string& name, std::size_t dimension,
                      const std::vector<float>& values) {
    const std::size_t before = index.size();
    const auto status = index.add(name, dimension, values);
    REQUIRE_FALSE(status);
    CHECK(index.size() == before);
    return status.error().code;
}

}  // namespace

TEST_CASE("nearest finds what a plain loop finds, to the bit", "[nearest]") {
    for (const std::size_t length : {1U, 2U, 7U, 8U, 15U, 16U, 17U, 100U, 1280U}) {
        for (const bool features : {false, true}) {
            const Rows rows =
                random_rows(300, length, 1 + static_cast<std::uint32_t>(length), features);
            for (std::uint32_t seed = 1; seed <= 3; ++seed) {
                const auto query = random_vector(length, seed * 104729U, features);
                for (const std::size_t k : {1U, 5U, 299U, 300U}) check_nearest(rows, query, k);
            }
            check_nearest(rows, rows[17], 10);
        }
    }
}

TEST_CASE("neighbours so close that only exact cosines tell them apart", "[nearest]") {
    // Differences far below the step of the 8-bit codes: the bounds can't skip a row.
    const auto base = random_vector(1280, 5, true);
    Rows rows;
    Random random(9);
    for (int row = 0; row < 200; ++row) {
        auto copy = base;
        for (int change = 0; change < 20; ++change) {
            float& value = copy[static_cast<std::size_t>(random.between(0, 1279))];
            value = std::nextafter(value, 10.0F);
        }
        rows.push_back(copy);
    }
    check_nearest(rows, base, 20);
    check_nearest(rows, rows[100], 200);
}

TEST_CASE("equal cosines come in the order of rows", "[nearest]") {
    const std::vector<float> a{1, 0, 0};
    const std::vector<float> b{0, 1, 0};
    const auto found = index_of({b, a, b, a, a, b}).nearest({model, a}, 5);
    REQUIRE(found);
    CHECK(found.value() ==
          std::vector<Neighbour>{{1, 1.0}, {3, 1.0}, {4, 1.0}, {0, 0.0}, {2, 0.0}});
    // Multiples have the same direction, and powers of two the same bits.
    const auto row = random_vector(64, 3, false);
    auto twice = row;
    for (float& value : twice) value *= 2.0F;
    check_nearest({twice, row, twice, row}, row, 3);
}

TEST_CASE("extreme values neither overflow nor vanish", "[nearest]") {
    const float huge = std::numeric_limits<float>::max();
    const float tiny = std::numeric_limits<float>::denorm_min();
    Rows rows;
    for (const float scale : {huge, tiny, 1.0F, -huge, -tiny}) {
        rows.emplace_back(1280, scale);
        rows.emplace_back(1280, 0.0F);
        rows.back()[3] = scale;
        rows.emplace_back(1280, tiny);
        rows.back()[4] = scale;
        rows.emplace_back(1280, scale);
        for (std::size_t i = 0; i < 1280; i += 2) rows.back()[i] = -scale;
    }
    for (const auto& query : rows) {
        for (const std::size_t k : {1U, 4U, 19U}) check_nearest(rows, query, k);
    }
}

TEST_CASE("the longest embeddings don't overflow the integer sums", "[nearest]") {
    const std::size_t length = EmbeddingIndex::max_dimension;
    Rows rows = random_rows(20, length, 77, false);
    rows.emplace_back(length, 1.0F);
    rows.back()[0] = 0.0F;
    rows.emplace_back(length, -1.0F);
    rows.back()[0] = 0.0F;
    check_nearest(rows, rows[20], 3);
    check_nearest(rows, rows[21], 3);
    check_nearest(rows, rows[7], 3);
}

TEST_CASE("a search computes few cosines", "[nearest]") {
    const Rows rows = random_rows(2000, 1280, 11, true);
    const EmbeddingIndex index = index_of(rows);
    auto search = NearestSearch::create(index, {model, rows[1000]}, 5);
    REQUIRE(search);
    int stretches = 1;
    while (search.value().advance(300)) ++stretches;
    CHECK(stretches == 7);
    const std::size_t computed = search.value().computed();
    CHECK(search.value().finish() == plain_nearest(rows, rows[1000], 5));
    CHECK(computed < 400);
}

TEST_CASE("no neighbour, or fewer than asked for", "[nearest]") {
    const std::vector<float> query{1, 2};
    CHECK(EmbeddingIndex().nearest({model, query}, 3).value().empty());
    CHECK(index_of({{3, 4}}).nearest({model, query}, 0).value().empty());
    CHECK(index_of({{3, 4}}).nearest({model, query}, 1000).value().size() == 1);
}

TEST_CASE("queries that don't fit are refused", "[nearest]") {
    const EmbeddingIndex index = index_of({{1, 2, 3}});
    const auto code = [&](const std::string& name, const std::vector<float>& query) {
        return index.nearest({name, query}, 1).error().code;
    };
    CHECK(code("mobilenetv2@2", {1, 2, 3}) == ErrorCode::model_mismatch);
    CHECK(code(model, {1, 2}) == ErrorCode::invalid_argument);
    CHECK(code(model, {}) == ErrorCode::invalid_argument);
    CHECK(code(model, {1, NAN, 3}) == ErrorCode::invalid_argument);
    CHECK(code(model, {1, INFINITY, 3}) == ErrorCode::invalid_argument);
    CHECK(code(model, {0, -0.0F, 0}) == ErrorCode::zero_embedding);
    const std::vector<float> endless(EmbeddingIndex::max_dimension + 1, 1.0F);
    CHECK(EmbeddingIndex().nearest({model, endless}, 1).error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("embeddings that don't fit are refused, and nothing is added", "[nearest]") {
    EmbeddingIndex index = index_of({{1, 2}, {3, 4}});
    CHECK(code_of_add(index, "resnet50@1", 2, {1, 2}) == ErrorCode::model_mismatch);
    CHECK(code_of_add(index, model, 3, {1, 2, 3}) == ErrorCode::invalid_argument);
    CHECK(code_of_add(index, model, 0, {1, 2}) == ErrorCode::invalid_argument);
    CHECK(code_of_add(index, model, 2, {1, 2, 3}) == ErrorCode::invalid_argument);
    CHECK(code_of_add(index, model, 2, {1, 2, NAN, 1}) == ErrorCode::invalid_argument);
    CHECK(code_of_add(index, model, 2, {1, 2, 0, 0}) == ErrorCode::zero_embedding);
    CHECK(code_of_add(index, model, EmbeddingIndex::max_dimension + 1,
                      std::vector<float>(EmbeddingIndex::max_dimension + 1, 1.0F)) ==
          ErrorCode::invalid_argument);
    const auto status = index.add(model, 2, std::vector<float>{1, 2, 0, 0});
    CHECK(status.error().message == "embedding 3 is all zeros and has no direction");
    CHECK(index.nearest({model, {1, 2}}, 9).value().size() == 2);
}

TEST_CASE("an emptied index takes any model", "[nearest]") {
    EmbeddingIndex index = index_of({{1, 2}});
    index.keep_first(0);
    CHECK(index.model().empty());
    REQUIRE(index.add("other@1", 3, std::vector<float>{1, 2, 3}));
    CHECK(index.model() == "other@1");
    CHECK(index.dimension() == 3);
}

TEST_CASE("an index can be cut back and filled again", "[nearest]") {
    // More rows than one step of memory holds.
    const Rows rows = random_rows(2500, 1280, 21, false);
    EmbeddingIndex index = index_of(rows);
    index.keep_first(10);
    index.keep_first(9999);
    CHECK(index.size() == 10);
    std::vector<float> joined;
    for (std::size_t row = 10; row < rows.size(); ++row) {
        joined.insert(joined.end(), rows[row].begin(), rows[row].end());
    }
    REQUIRE(index.add(model, 1280, joined));
    CHECK(index.size() == rows.size());
    CHECK(index.nearest({model, rows[2400]}, 7).value() == plain_nearest(rows, rows[2400], 7));
    REQUIRE(index.add(model, 1280, {}));
    CHECK(index.size() == rows.size());
}

TEST_CASE("pairwise gives the cosines of all pairs in the order of pdist", "[nearest]") {
    for (const std::size_t count : {0U, 1U, 2U, 9U, 40U}) {
        const Rows rows = random_rows(count, 130, 31, false);
        const EmbeddingIndex index = index_of(rows);
        std::vector<float> expected;
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = i + 1; j < count; ++j) {
                expected.push_back(static_cast<float>(cosine_similarity(rows[i], rows[j]).value()));
            }
        }
        for (const std::size_t band : {1U, 7U, 8U, 100U}) {
            std::vector<float> found;
            for (std::size_t first = 0; first < count; first += band) {
                const std::size_t last = std::min(count, first + band);
                std::vector<float> part(index.pair_count(first, last));
                REQUIRE(index.pairwise(first, last, part));
                found.insert(found.end(), part.begin(), part.end());
            }
            CHECK(found == expected);
        }
    }
}

TEST_CASE("pairwise checks its rows and its room", "[nearest]") {
    const EmbeddingIndex index = index_of({{1, 2}, {3, 4}, {5, 6}});
    std::vector<float> room(3);
    CHECK(index.pairwise(0, 3, room));
    CHECK(index.pairwise(2, 1, room).error().code == ErrorCode::invalid_argument);
    CHECK(index.pairwise(0, 4, room).error().code == ErrorCode::invalid_argument);
    CHECK(index.pairwise(0, 1, room).error().code == ErrorCode::invalid_argument);
}
