#include "likeness/match_map.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "all_finite.hpp"
#include "message.hpp"

namespace likeness {
namespace {

Status check(std::span<const float> map, int channels) {
    if (channels < 1 || map.empty() || map.size() % static_cast<std::size_t>(channels) != 0) {
        return Error{ErrorCode::invalid_argument,
                     message({"a feature map of ", map.size(), " values hasn't ", channels,
                              " channels of one cell or more"})};
    }
    if (!all_finite(map)) {
        return Error{ErrorCode::invalid_argument,
                     "a feature map holds a value that isn't a finite number"};
    }
    return {};
}

double sum_of(std::span<const float> values) noexcept {
    double sum = 0.0;
    for (const float value : values) sum += value;
    return sum;
}

/// Sums over channels, from the first to the last.
struct Sums {
    Sums(std::size_t cells_a, std::size_t cells_b) : products(cells_a * cells_b) {}

    std::vector<double> products;  ///< a_i · b_j

    double pooled_product = 0.0;
    double pooled_square_a = 0.0;
    double pooled_square_b = 0.0;
};

Sums sum_channels(std::span<const float> a, std::span<const float> b, std::size_t channels) {
    const std::size_t cells_a = a.size() / channels;
    const std::size_t cells_b = b.size() / channels;
    Sums sums(cells_a, cells_b);
    for (std::size_t channel = 0; channel < channels; ++channel) {
        const auto channel_a = a.subspan(channel * cells_a, cells_a);
        const auto channel_b = b.subspan(channel * cells_b, cells_b);
        const double pooled_a = sum_of(channel_a) / static_cast<double>(cells_a);
        const double pooled_b = sum_of(channel_b) / static_cast<double>(cells_b);
        sums.pooled_product += pooled_a * pooled_b;
        sums.pooled_square_a += pooled_a * pooled_a;
        sums.pooled_square_b += pooled_b * pooled_b;

        // Each product has a sum of its own, so vectors don't change their order.
        double* row = sums.products.data();
        for (std::size_t i = 0; i < cells_a; ++i, row += cells_b) {
            const double value = channel_a[i];
            for (std::size_t j = 0; j < cells_b; ++j) row[j] += value * channel_b[j];
        }
    }
    return sums;
}

/// Where the values of a line of pixels come from: two cells, and the second one's share.
struct Tap {
    std::size_t first;
    std::size_t second;
    double share;
};

std::vector<Tap> make_taps(int cells, int pixels) {
    std::vector<Tap> taps;
    taps.reserve(static_cast<std::size_t>(pixels));
    for (int i = 0; i < pixels; ++i) {
        const double position = std::clamp((i + 0.5) * cells / pixels - 0.5, 0.0, cells - 1.0);
        const auto first = static_cast<std::size_t>(position);
        taps.push_back({first, std::min(first + 1, static_cast<std::size_t>(cells) - 1),
                        position - static_cast<double>(first)});
    }
    return taps;
}

std::string in_words(Size size) { return message({size.width, " × ", size.height}); }

Status check_drawing(std::span<const double> contributions, Size grid, Size drawn) {
    constexpr int largest_side = 4096;
    if (grid.width < 1 || grid.height < 1 || drawn.width < 1 || drawn.height < 1 ||
        contributions.size() % static_cast<std::size_t>(grid.width) != 0 ||
        contributions.size() / static_cast<std::size_t>(grid.width) !=
            static_cast<std::size_t>(grid.height)) {
        return Error{ErrorCode::invalid_argument,
                     message({contributions.size(), " contributions don't make a grid of ",
                              in_words(grid), " to draw in ", in_words(drawn), " pixels"})};
    }
    if (std::max(drawn.width, drawn.height) > largest_side) {
        return Error{ErrorCode::invalid_argument,
                     message({"a heat map's side is at most ", largest_side, " pixels"})};
    }
    if (!std::all_of(contributions.begin(), contributions.end(),
                     [](double value) { return std::isfinite(value); })) {
        return Error{ErrorCode::invalid_argument, "a contribution isn't a finite number"};
    }
    return {};
}

}  // namespace

Result<MatchMap> match_map(std::span<const float> a, std::span<const float> b, int channels) {
    for (const auto map : {a, b}) {
        if (auto status = check(map, channels); !status) return std::move(status).error();
    }
    const auto channel_count = static_cast<std::size_t>(channels);
    const std::size_t cells_a = a.size() / channel_count;
    const std::size_t cells_b = b.size() / channel_count;

    const Sums sums = sum_channels(a, b, channel_count);
    if (sums.pooled_square_a == 0.0 || sums.pooled_square_b == 0.0) {
        return Error{ErrorCode::zero_embedding,
                     "an embedding of zeros has no direction: the image gave the model nothing"};
    }
    const double length = std::sqrt(sums.pooled_square_a * sums.pooled_square_b);
    const double divisor = length * static_cast<double>(cells_a * cells_b);

    MatchMap map;
    map.cosine = std::clamp(sums.pooled_product / length, -1.0, 1.0);
    map.a.resize(cells_a);
    map.b.resize(cells_b);
    map.terms.reserve(cells_a * cells_b);
    for (std::size_t i = 0; i < cells_a; ++i) {
        for (std::size_t j = 0; j < cells_b; ++j) {
            const double term = sums.products[i * cells_b + j] / divisor;
            map.a[i] += term;
            map.b[j] += term;
            map.terms.push_back(static_cast<float>(term));
        }
    }
    return map;
}

std::vector<CellPair> strongest_pairs(const MatchMap& map, std::size_t count) {
    std::vector<CellPair> pairs;
    pairs.reserve(map.terms.size());
    for (std::size_t i = 0; i < map.terms.size(); ++i) {
        pairs.push_back({i / map.b.size(), i % map.b.size(), map.terms[i]});
    }
    const auto kept = pairs.begin() + static_cast<std::ptrdiff_t>(std::min(count, pairs.size()));
    std::partial_sort(pairs.begin(), kept, pairs.end(), [](const CellPair& x, const CellPair& y) {
        if (x.term != y.term) return x.term > y.term;
        return std::pair(x.a, x.b) < std::pair(y.a, y.b);
    });
    pairs.erase(kept, pairs.end());
    return pairs;
}

Result<std::vector<float>> heat_map(std::span<const double> contributions, Size grid, Size drawn) {
    if (auto status = check_drawing(contributions, grid, drawn); !status) {
        return std::move(status).error();
    }
    std::vector<float> values(static_cast<std::size_t>(drawn.width) *
                              static_cast<std::size_t>(drawn.height));

    // Halves, so that the range of the largest numbers is still finite.
    const auto [lowest, highest] = std::minmax_element(contributions.begin(), contributions.end());
    const double low = *lowest / 2.0;
    const double range = *highest / 2.0 - low;
    if (!(range > 0.0)) return values;

    std::vector<double> normalised(contributions.size());
    std::transform(contributions.begin(), contributions.end(), normalised.begin(),
                   [&](double value) { return (value / 2.0 - low) / range; });

    const std::vector<Tap> columns = make_taps(grid.width, drawn.width);
    const auto row_cells = static_cast<std::size_t>(grid.width);
    float* value = values.data();
    for (const Tap& row : make_taps(grid.height, drawn.height)) {
        const double* upper = normalised.data() + row.first * row_cells;
        const double* lower = normalised.data() + row.second * row_cells;
        for (const auto& [left, right, share] : columns) {
            const double above = upper[left] + share * (upper[right] - upper[left]);
            const double below = lower[left] + share * (lower[right] - lower[left]);
            const double blended = above + row.share * (below - above);
            *value++ = static_cast<float>(std::clamp(blended, 0.0, 1.0));
        }
    }
    return values;
}

}  // namespace likeness
