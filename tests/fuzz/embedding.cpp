/// @file
/// Vectors as they come from a file: cosines, match maps and the nearest of many, whatever the
/// numbers are; and calibration curves from a manifest of the caller's own.
#include "likeness/embedding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "likeness/calibration.hpp"
#include "likeness/match_map.hpp"
#include "likeness/nearest.hpp"
#include "likeness/similarity.hpp"
#include "support.hpp"

using namespace likeness;
using fuzz::require;

namespace {

const std::string model = "fuzz@1";

void check_cosine(const std::vector<float>& a, const std::vector<float>& b) {
    const auto forth = cosine_similarity(a, b);
    const auto back = cosine_similarity(b, a);
    require(forth.has_value() == back.has_value(), "errors are symmetric");
    if (!forth) return;
    require(forth.value() == back.value(), "the cosine is symmetric");
    require(std::abs(forth.value()) <= 1.0, "the cosine is in [-1, 1]");
    require(cosine_similarity(a, a).value() == 1.0, "a vector's cosine with itself is 1");
}

void check_match_map(const std::vector<float>& a, const std::vector<float>& b, int channels,
                     int cells) {
    const auto pooled = global_average_pool(a, channels, cells);
    require(pooled.has_value(), "a feature map of the right length is pooled");
    auto weighed = a;
    require(weigh_cells(weighed, channels, cells).has_value(), "so are its cells weighed");
    const auto centred = centre(a, channels, cells, b);
    require(!centred || centred.value().size() == a.size(), "centring keeps the length");
    const auto map = match_map(a, b, channels);
    if (!map) return;
    require(map.value().terms.size() == map.value().a.size() * map.value().b.size(), "all pairs");
    require(strongest_pairs(map.value(), 3).size() <= 3, "no more pairs than asked for");
    const auto heat = heat_map(map.value().a, {2, 2}, {5, 5});
    require(!heat || std::ranges::all_of(heat.value(),
                                         [](float value) { return value >= 0 && value <= 1; }),
            "heat is in [0, 1]");
}

void check_nearest(fuzz::Input& input, std::size_t dimension) {
    EmbeddingIndex index;
    std::vector<std::vector<float>> rows;
    for (int i = input.between(0, 40); i > 0; --i) {
        const auto row = input.byte() == 1 && !rows.empty() ? rows.back() : input.floats(dimension);
        if (index.add(model, dimension, row)) rows.push_back(row);
    }
    require(index.size() == rows.size(), "all rows, or none");
    const Embedding query{model, input.floats(dimension)};
    const std::size_t k = input.byte() % 8;
    const auto found = index.nearest(query, k);
    if (!found) return;

    std::vector<Neighbour> expected;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        expected.push_back({row, cosine_similarity(query.vector, rows[row]).value()});
    }
    std::ranges::stable_sort(expected, std::greater<>(), &Neighbour::cosine);
    expected.resize(std::min(k, expected.size()));
    require(found.value() == expected, "the nearest are those of a plain search");

    std::vector<float> cosines(index.pair_count(0, index.size()));
    require(index.pairwise(0, index.size(), cosines).has_value(), "all pairs have a cosine");
    index.keep_first(rows.size() / 2);
    require(index.size() == rows.size() / 2, "the first half is kept");
}

void check_calibration(fuzz::Input& input) {
    std::vector<double> cosines{-1.0};
    std::vector<double> scores{0.0};
    for (int i = input.between(0, 5); i > 0; --i) {
        cosines.push_back(input.any_float());
        scores.push_back(input.any_float());
    }
    if (input.byte() == 1) {
        std::ranges::sort(cosines);
        std::ranges::sort(scores);
    }
    cosines.push_back(1.0);
    scores.push_back(100.0);
    const auto curve = Calibration::create(cosines, scores);
    if (!curve) return;
    double last = 0.0;
    for (int step = -20; step <= 20; ++step) {
        const double score = curve.value().score(step / 20.0);
        require(score >= last && score <= 100.0, "scores rise from 0 to 100");
        last = score;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    check_calibration(input);
    const int channels = input.between(1, 20);
    const int cells = input.between(1, 5);
    const auto length = static_cast<std::size_t>(channels) * static_cast<std::size_t>(cells);
    const auto a = input.floats(length);
    const auto b = input.floats(length);
    check_cosine(a, b);
    check_match_map(a, b, channels, cells);
    check_nearest(input, static_cast<std::size_t>(channels));
    return 0;
}
