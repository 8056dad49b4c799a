#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "all_finite.hpp"
#include "likeness/candidates.hpp"
#include "likeness/nearest.hpp"
#include "simd.hpp"

namespace likeness {
namespace {

/// Places to which each value of an embedding is added.
constexpr std::size_t places_each = 4;

constexpr std::size_t block_rows = 4096;

/// A code's byte for nothing, and the largest difference from it.
constexpr int zero_code = 128;
constexpr int most_code = 127;

/// The probability that two embeddings with a cosine of 0.9 are on one side of a random plane.
constexpr double together = 0.8564;

/// Splits of a million embeddings, until leaves are left.
constexpr int least_depth = 14;

constexpr double most_missed = 0.0005;

/// SplitMix64 (G. Steele, D. Lea and C. Flood, OOPSLA 2014).
std::uint64_t mixed(std::uint64_t seed) noexcept {
    std::uint64_t z = seed + 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27U) * 0x94D049BB133111EB;
    return z ^ z >> 31U;
}

/// Σ a·b, exact.
std::int32_t code_product(const std::uint8_t* a, const std::uint8_t* b) noexcept {
    simd::Int32x4 sum{};
    for (std::size_t i = 0; i < NearSearch::code_length; i += 8) {
        sum += simd::multiply_add_pairs(simd::load_widened(a + i), simd::load_widened(b + i));
    }
    return sum[0] + sum[1] + sum[2] + sum[3];
}

using Direction = std::array<std::int16_t, NearSearch::code_length>;

/// Σ a·b, exact: no lane is over 80 · 255 · 32,767.
std::int64_t direction_product(const std::uint8_t* a, const Direction& b) noexcept {
    simd::Int32x4 sum{};
    for (std::size_t i = 0; i < NearSearch::code_length; i += 8) {
        sum += simd::multiply_add_pairs(simd::load_widened(a + i),
                                        simd::load<simd::Int16x8>(b.data() + i));
    }
    return std::int64_t{sum[0]} + sum[1] + sum[2] + sum[3];
}

/// From one code to another, both of length 1; as large as 16 bits allow.
Direction direction_between(const std::uint8_t* from, float from_length, const std::uint8_t* to,
                            float to_length) noexcept {
    std::array<float, NearSearch::code_length> exact{};
    float most = 0.0F;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        exact[i] = static_cast<float>(to[i] - zero_code) / to_length -
                   static_cast<float>(from[i] - zero_code) / from_length;
        most = std::max(most, std::abs(exact[i]));
    }
    constexpr float largest = 32767.0F;
    const float scale = most > 0.0F ? largest / most : 0.0F;
    Direction direction{};
    for (std::size_t i = 0; i < exact.size(); ++i) {
        direction[i] = static_cast<std::int16_t>(exact[i] * scale);
    }
    return direction;
}

}  // namespace

std::uint32_t NearSearch::trees_for(std::size_t embeddings) noexcept {
    int depth = 0;
    while (leaf_size << depth < embeddings) ++depth;
    double found = 1.0;
    for (int i = 0; i < std::max(depth, least_depth); ++i) found *= together;
    std::uint32_t trees = 0;
    double missed = 1.0;
    while (missed > most_missed) {
        missed *= 1.0 - found;
        ++trees;
    }
    return trees;
}

Result<NearSearch> NearSearch::create(std::size_t dimension) {
    if (dimension == 0 || dimension > EmbeddingIndex::max_dimension) {
        return Error{ErrorCode::invalid_argument,
                     "embeddings of " + std::to_string(dimension) +
                         " values: a search takes 1 to " +
                         std::to_string(EmbeddingIndex::max_dimension)};
    }
    return NearSearch(dimension);
}

NearSearch::NearSearch(std::size_t dimension) : dimension_(dimension) {
    for (std::uint64_t i = 0; i < dimension * places_each; ++i) {
        const std::uint64_t bits = mixed(i);
        places_.push_back(static_cast<std::uint16_t>((bits >> 1U) % code_length * 2 + (bits & 1U)));
    }
}

Status NearSearch::add(std::span<const float> embedding, bool wanted) {
    if (embedding.size() != dimension_ || !all_finite(embedding)) {
        return Error{
            ErrorCode::invalid_argument,
            "an embedding of this search has " + std::to_string(dimension_) + " finite numbers"};
    }
    std::array<float, code_length> projected{};
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const float value = embedding[i / places_each];
        projected[places_[i] >> 1U] += (places_[i] & 1U) != 0 ? -value : value;
    }
    float most = 0.0F;
    for (const float value : projected) most = std::max(most, std::abs(value));
    if (most == 0.0F) {
        return Error{ErrorCode::zero_embedding,
                     "an embedding of zeros has no direction: the picture gave the model nothing"};
    }
    const std::size_t row = size();
    if (row % block_rows == 0) blocks_.emplace_back(block_rows * code_length);
    std::uint8_t* const code = blocks_.back().data() + row % block_rows * code_length;
    double square = 0.0;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < code_length; ++i) {
        const float scaled = projected[i] / most * most_code;
        const int rounded = static_cast<int>(scaled + (scaled < 0.0F ? -0.5F : 0.5F));
        code[i] = static_cast<std::uint8_t>(zero_code + rounded);
        square += rounded * rounded;
        sum += code[i];
    }
    lengths_.push_back(static_cast<float>(std::sqrt(square)));
    sums_.push_back(sum);
    wanted_.push_back(wanted);
    kept_.emplace_back();
    return {};
}

const std::uint8_t* NearSearch::code(std::uint32_t row) const noexcept {
    return blocks_[row / block_rows].data() + row % block_rows * code_length;
}

float NearSearch::estimate(std::uint32_t a, std::uint32_t b) const noexcept {
    constexpr std::int32_t offset = static_cast<int>(code_length) * zero_code * zero_code;
    const std::int32_t product =
        code_product(code(a), code(b)) - zero_code * (sums_[a] + sums_[b]) + offset;
    return static_cast<float>(product) / (lengths_[a] * lengths_[b]);
}

void NearSearch::search(std::uint32_t tree) {
    std::vector<std::uint32_t> rows(size());
    std::iota(rows.begin(), rows.end(), 0U);
    split(rows, mixed(tree));
}

void NearSearch::split(std::span<std::uint32_t> rows, std::uint64_t seed) {
    if (rows.size() <= leaf_size) {
        compare(rows);
        return;
    }
    const std::size_t one = mixed(seed) % rows.size();
    const std::size_t step = 1 + mixed(seed + 1) % (rows.size() - 1);
    const std::uint32_t from = rows[one];
    const std::uint32_t to = rows[(one + step) % rows.size()];
    // Along the direction from one to the other; equal embeddings part in each tree elsewhere.
    using Place = std::pair<float, std::uint32_t>;
    const Direction direction =
        direction_between(code(from), lengths_[from], code(to), lengths_[to]);
    const std::int64_t offset =
        zero_code * std::accumulate(direction.begin(), direction.end(), std::int64_t{0});
    const auto place_of = [&](std::uint32_t row) {
        const std::int64_t product = direction_product(code(row), direction) - offset;
        return Place(static_cast<float>(product) / lengths_[row],
                     static_cast<std::uint32_t>(mixed(seed ^ row)));
    };
    std::vector<Place> places;
    places.reserve(rows.size());
    for (const std::uint32_t row : rows) places.push_back(place_of(row));
    const std::size_t half = rows.size() / 2;
    std::vector<Place> ordered = places;
    const auto middle = ordered.begin() + static_cast<std::ptrdiff_t>(half);
    std::nth_element(ordered.begin(), middle, ordered.end());
    const Place pivot = *middle;
    // Either half in its old order: which row is chosen next must not depend on the library.
    std::vector<std::uint32_t> above;
    std::size_t below = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (places[i] < pivot) {
            rows[below++] = rows[i];
        } else {
            above.push_back(rows[i]);
        }
    }
    std::copy(above.begin(), above.end(), rows.begin() + static_cast<std::ptrdiff_t>(below));
    places = {};
    ordered = {};
    above = {};
    // Half of them, but where two of the same embedding tie even so: then at least one.
    const std::size_t cut = std::clamp<std::size_t>(below, 1, rows.size() - 1);
    split(rows.first(cut), mixed(seed + 2));
    split(rows.subspan(cut), mixed(seed + 3));
}

void NearSearch::compare(std::span<const std::uint32_t> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (!wanted_[rows[i]] && !wanted_[rows[j]]) continue;
            const float cosine = estimate(rows[i], rows[j]);
            if (cosine >= least_estimate) keep(rows[i], {cosine, rows[j]});
        }
    }
}

void NearSearch::keep(std::uint32_t later, Kept pair) {
    auto& kept = kept_[later];
    const auto better = [](const Kept& p, const Kept& q) {
        return p.cosine > q.cosine || (p.cosine == q.cosine && p.earlier < q.earlier);
    };
    const auto place = std::lower_bound(kept.begin(), kept.end(), pair, better);
    if (place != kept.end() && place->earlier == pair.earlier) return;
    if (kept.size() < most_kept) {
        kept.insert(place, pair);
    } else if (place != kept.end()) {
        std::move_backward(place, kept.end() - 1, kept.end());
        *place = pair;
    }
}

std::vector<NearPair> NearSearch::found() const {
    std::vector<NearPair> pairs;
    for (std::uint32_t later = 0; later < kept_.size(); ++later) {
        for (const Kept& kept : kept_[later]) pairs.push_back({later, kept.earlier, kept.cosine});
    }
    return pairs;
}

}  // namespace likeness
