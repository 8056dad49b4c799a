#include "likeness/perceptual_hash.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <utility>

#include "heap_sort.hpp"
#include "luma.hpp"

namespace likeness {
namespace {

constexpr std::size_t hash_side = 8;
constexpr std::size_t hash_bits = hash_side * hash_side;
constexpr std::size_t dct_side = 32;

using Matrix = std::array<std::int64_t, dct_side * dct_side>;

/// round(2^14 cos(k π / 64)) for k = 0 … 32: a quarter of a turn. As constants, because C libraries
/// disagree about cos.
constexpr std::array<std::int64_t, dct_side + 1> quarter_cosines{
    16384, 16364, 16305, 16207, 16069, 15893, 15679, 15426, 15137, 14811, 14449,
    14053, 13623, 13160, 12665, 12140, 11585, 11003, 10394, 9760,  9102,  8423,
    7723,  7005,  6270,  5520,  4756,  3981,  3196,  2404,  1606,  804,   0};

/// 2^14 cos((2 x + 1) u π / 64), the basis of the DCT-II of 32 values.
constexpr std::int64_t cosine(std::size_t x, std::size_t u) noexcept {
    constexpr std::size_t half_turn = 2 * dct_side;
    std::size_t angle = (2 * x + 1) * u % (2 * half_turn);
    if (angle > half_turn) angle = 2 * half_turn - angle;
    return angle <= dct_side ? quarter_cosines[angle] : -quarter_cosines[half_turn - angle];
}

/// 32 × 32 sums of four neighbours.
Matrix halve(const Luma& luma) noexcept {
    Matrix halved{};
    for (std::size_t y = 0; y < luma_side; ++y) {
        for (std::size_t x = 0; x < luma_side; ++x) {
            halved[y / 2 * dct_side + x / 2] += luma[y * luma_side + x];
        }
    }
    return halved;
}

/// Sums stay below 2^10 · 2^14 · 2^5 after the first pass and 2^48 after the second.
std::array<std::int64_t, hash_bits> lowest_frequencies(const Matrix& values) noexcept {
    std::array<std::int64_t, dct_side * hash_side> rows{};
    for (std::size_t y = 0; y < dct_side; ++y) {
        for (std::size_t u = 0; u < hash_side; ++u) {
            for (std::size_t x = 0; x < dct_side; ++x) {
                rows[y * hash_side + u] += values[y * dct_side + x] * cosine(x, u);
            }
        }
    }
    std::array<std::int64_t, hash_bits> frequencies{};
    for (std::size_t v = 0; v < hash_side; ++v) {
        for (std::size_t y = 0; y < dct_side; ++y) {
            for (std::size_t u = 0; u < hash_side; ++u) {
                frequencies[v * hash_side + u] += rows[y * hash_side + u] * cosine(y, v);
            }
        }
    }
    return frequencies;
}

std::uint64_t dct_hash(const Luma& luma) noexcept {
    const auto frequencies = lowest_frequencies(halve(luma));
    auto sorted = frequencies;
    heap_sort(sorted);
    const std::int64_t twice_median = sorted[hash_bits / 2 - 1] + sorted[hash_bits / 2];

    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < hash_bits; ++i) {
        if (2 * frequencies[i] > twice_median) hash |= std::uint64_t{1} << i;
    }
    return hash;
}

/// Compares neighbours of a picture of 9 × 8 pixels, each the mean of the area that it covers. A
/// column of the luma counts as 9 units, so that a column of the small picture covers 64 whole
/// ones.
std::uint64_t gradient_hash(const Luma& luma) noexcept {
    constexpr std::size_t columns = hash_side + 1;
    constexpr std::size_t row_height = luma_side / hash_side;

    std::uint64_t hash = 0;
    for (std::size_t row = 0; row < hash_side; ++row) {
        std::array<std::uint32_t, columns> sums{};
        for (std::size_t x = 0; x < luma_side; ++x) {
            std::uint32_t sum = 0;
            for (std::size_t y = 0; y < row_height; ++y) {
                sum += luma[(row * row_height + y) * luma_side + x];
            }
            const std::size_t column = x * columns / luma_side;
            const std::size_t boundary = (column + 1) * luma_side;
            const std::size_t inside = std::min(boundary - x * columns, columns);
            sums[column] += static_cast<std::uint32_t>(inside) * sum;
            if (inside < columns) {
                sums[column + 1] += static_cast<std::uint32_t>(columns - inside) * sum;
            }
        }
        for (std::size_t i = 0; i < hash_side; ++i) {
            if (sums[i] < sums[i + 1]) hash |= std::uint64_t{1} << (row * hash_side + i);
        }
    }
    return hash;
}

}  // namespace

Result<PerceptualHash> perceptual_hash(std::span<const std::uint8_t> luma,
                                       Orientation orientation) {
    if (auto status = check_luma(luma); !status) return std::move(status).error();
    const Luma turned = orient_luma(luma, orientation);
    return PerceptualHash{dct_hash(turned), gradient_hash(turned)};
}

Result<PerceptualHash> perceptual_hash(const Fingerprint& fingerprint, Orientation orientation) {
    return perceptual_hash(std::span(fingerprint.luma), orientation);
}

int hamming_distance(std::uint64_t a, std::uint64_t b) noexcept {
    return static_cast<int>(std::bitset<hash_bits>(a ^ b).count());
}

}  // namespace likeness
