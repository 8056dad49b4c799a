#include "likeness/match_map.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "all_finite.hpp"

namespace likeness {
namespace {

Status check(std::span<const float> map, std::size_t channels, std::size_t cells) {
    if (map.size() % cells != 0 || map.size() / cells != channels) {
        return Error{ErrorCode::invalid_argument, "a feature map of " + std::to_string(map.size()) +
                                                      " values isn't " + std::to_string(channels) +
                                                      " channels of " + std::to_string(cells) +
                                                      " cells"};
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
    explicit Sums(std::size_t cells) : products(cells * cells) {}

    std::vector<double> products;  ///< a_i · b_j

    double pooled_product = 0.0;
    double pooled_square_a = 0.0;
    double pooled_square_b = 0.0;
};

Sums sum_channels(std::span<const float> a, std::span<const float> b, std::size_t cells) {
    const auto count = static_cast<double>(cells);
    Sums sums(cells);
    for (std::size_t channel = 0; channel < a.size() / cells; ++channel) {
        const auto channel_a = a.subspan(channel * cells, cells);
        const auto channel_b = b.subspan(channel * cells, cells);
        const double pooled_a = sum_of(channel_a) / count;
        const double pooled_b = sum_of(channel_b) / count;
        sums.pooled_product += pooled_a * pooled_b;
        sums.pooled_square_a += pooled_a * pooled_a;
        sums.pooled_square_b += pooled_b * pooled_b;

        // Each product has a sum of its own, so vectors don't change their order.
        double* row = sums.products.data();
        for (std::size_t i = 0; i < cells; ++i, row += cells) {
            const double value = channel_a[i];
            for (std::size_t j = 0; j < cells; ++j) row[j] += value * channel_b[j];
        }
    }
    return sums;
}

}  // namespace

Result<MatchMap> match_map(std::span<const float> a, std::span<const float> b, int channels,
                           int cells) {
    if (channels < 1 || cells < 1) {
        return Error{ErrorCode::invalid_argument,
                     "a feature map has at least one channel and one cell"};
    }
    const auto channel_count = static_cast<std::size_t>(channels);
    const auto cell_count = static_cast<std::size_t>(cells);
    for (const auto map : {a, b}) {
        if (auto status = check(map, channel_count, cell_count); !status) {
            return std::move(status).error();
        }
    }

    const Sums sums = sum_channels(a, b, cell_count);
    if (sums.pooled_square_a == 0.0 || sums.pooled_square_b == 0.0) {
        return Error{ErrorCode::zero_embedding,
                     "an embedding of zeros has no direction: the picture gave the model nothing"};
    }
    const double length = std::sqrt(sums.pooled_square_a * sums.pooled_square_b);
    const double divisor = length * static_cast<double>(cell_count * cell_count);

    MatchMap map;
    map.cells = cell_count;
    map.cosine = std::clamp(sums.pooled_product / length, -1.0, 1.0);
    map.a.resize(cell_count);
    map.b.resize(cell_count);
    map.terms.reserve(cell_count * cell_count);
    for (std::size_t i = 0; i < cell_count; ++i) {
        for (std::size_t j = 0; j < cell_count; ++j) {
            const double term = sums.products[i * cell_count + j] / divisor;
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
        pairs.push_back({i / map.cells, i % map.cells, map.terms[i]});
    }
    const auto kept = pairs.begin() + static_cast<std::ptrdiff_t>(std::min(count, pairs.size()));
    std::partial_sort(pairs.begin(), kept, pairs.end(), [](const CellPair& x, const CellPair& y) {
        if (x.term != y.term) return x.term > y.term;
        return std::pair(x.a, x.b) < std::pair(y.a, y.b);
    });
    pairs.erase(kept, pairs.end());
    return pairs;
}

Result<std::vector<float>> heat_map(std::span<const double> contributions, int grid, int side) {
    constexpr int largest_side = 4096;
    if (grid < 1 || side < 1 || contributions.size() % static_cast<std::size_t>(grid) != 0 ||
        contributions.size() / static_cast<std::size_t>(grid) != static_cast<std::size_t>(grid)) {
        return Error{ErrorCode::invalid_argument,
                     std::to_string(contributions.size()) + " contributions don't make a grid of " +
                         std::to_string(grid) + " × " + std::to_string(grid) +
                         " to draw in a picture of side " + std::to_string(side)};
    }
    if (side > largest_side) {
        return Error{ErrorCode::image_too_large,
                     "a heat map's side is at most " + std::to_string(largest_side) + " pixels"};
    }
    if (!std::all_of(contributions.begin(), contributions.end(),
                     [](double value) { return std::isfinite(value); })) {
        return Error{ErrorCode::invalid_argument, "a contribution isn't a finite number"};
    }

    // Halves, so that the range of the largest numbers is still finite.
    const auto [lowest, highest] = std::minmax_element(contributions.begin(), contributions.end());
    const double low = *lowest / 2.0;
    const double range = *highest / 2.0 - low;
    const auto cells = static_cast<std::size_t>(grid);
    const auto pixels = static_cast<std::size_t>(side);
    std::vector<float> drawn(pixels * pixels);
    if (!(range > 0.0)) return drawn;

    std::vector<double> normalised(contributions.size());
    std::transform(contributions.begin(), contributions.end(), normalised.begin(),
                   [&](double value) { return (value / 2.0 - low) / range; });

    struct Tap {
        std::size_t first;
        std::size_t second;
        double share;
    };
    std::vector<Tap> taps;
    taps.reserve(pixels);
    for (int i = 0; i < side; ++i) {
        const double position = std::clamp((i + 0.5) * grid / side - 0.5, 0.0, grid - 1.0);
        const auto first = static_cast<std::size_t>(position);
        taps.push_back(
            {first, std::min(first + 1, cells - 1), position - static_cast<double>(first)});
    }
    for (std::size_t y = 0; y < pixels; ++y) {
        const double* upper = normalised.data() + taps[y].first * cells;
        const double* lower = normalised.data() + taps[y].second * cells;
        for (std::size_t x = 0; x < pixels; ++x) {
            const auto [left, right, share] = taps[x];
            const double above = upper[left] + share * (upper[right] - upper[left]);
            const double below = lower[left] + share * (lower[right] - lower[left]);
            const double value = above + taps[y].share * (below - above);
            drawn[y * pixels + x] = static_cast<float>(std::clamp(value, 0.0, 1.0));
        }
    }
    return drawn;
}

}  // namespace likeness
