/// @file
/// Dot products and cosines: the one order of additions that everything which compares embeddings
/// shares, so that a cosine has the same bits wherever it comes from.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "simd.hpp"

namespace likeness {

/// Element i of a dot product is added to stripe i % 8, and the stripes are added in order.
inline constexpr std::size_t dot_stripes = 8;

/// x·y of floats, or of floats held as doubles. Their products are exact in double, so only the
/// order of the additions matters. A call takes no time beside embeddings, and copies of it much
/// room.
template <class X, class Y>
[[nodiscard, gnu::noinline]] double dot(const X* x, const Y* y, std::size_t length) noexcept {
    using simd::Float64x2;
    using simd::load_doubles;
    std::array<Float64x2, dot_stripes / 2> pairs{};
    std::size_t i = 0;
    for (; i + dot_stripes <= length; i += dot_stripes) {
        pairs[0] += load_doubles(x + i) * load_doubles(y + i);
        pairs[1] += load_doubles(x + i + 2) * load_doubles(y + i + 2);
        pairs[2] += load_doubles(x + i + 4) * load_doubles(y + i + 4);
        pairs[3] += load_doubles(x + i + 6) * load_doubles(y + i + 6);
    }
    std::array<double, dot_stripes> stripes{pairs[0][0], pairs[0][1], pairs[1][0], pairs[1][1],
                                            pairs[2][0], pairs[2][1], pairs[3][0], pairs[3][1]};
    for (; i < length; ++i) {
        stripes[i % dot_stripes] += static_cast<double>(x[i]) * static_cast<double>(y[i]);
    }
    double sum = 0.0;
    for (const double stripe : stripes) sum += stripe;
    return sum;
}

/// The cosine, from a dot product and the two sums of squares (above zero). One root of the
/// product, not a product of roots: it is exact when both vectors are equal. Squares of floats lie
/// in [2^-298, 2^256], so the product neither overflows nor vanishes.
[[nodiscard]] inline double cosine(double product, double square_a, double square_b) noexcept {
    return std::clamp(product / std::sqrt(square_a * square_b), -1.0, 1.0);
}

}  // namespace likeness
