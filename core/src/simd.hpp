/// @file
/// 128-bit integer vectors: GCC's and Clang's vector extensions, and the one operation that they
/// lack. All of it is integer arithmetic, so every path gives the same bits.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace likeness::simd {

using Int16x8 = std::int16_t __attribute__((vector_size(16)));
using Int32x4 = std::int32_t __attribute__((vector_size(16)));

template <class Vector, class Element>
[[nodiscard]] inline Vector load(const Element* source) noexcept {
    Vector vector;
    std::memcpy(&vector, source, sizeof(Vector));
    return vector;
}

template <class Vector, class Element>
inline void store(Element* target, Vector vector) noexcept {
    std::memcpy(target, &vector, sizeof(Vector));
}

/// {a, b, a, b, …}
[[nodiscard]] inline Int16x8 repeat_pair(const std::int16_t (&pair)[2]) noexcept {
    return Int16x8{pair[0], pair[1], pair[0], pair[1], pair[0], pair[1], pair[0], pair[1]};
}

/// {a0 b0 + a1 b1, a2 b2 + a3 b3, …}
[[nodiscard]] inline Int32x4 multiply_add_pairs(Int16x8 a, Int16x8 b) noexcept {
#if defined(__wasm_simd128__)
    return reinterpret_cast<Int32x4>(
        wasm_i32x4_dot_i16x8(reinterpret_cast<v128_t>(a), reinterpret_cast<v128_t>(b)));
#elif defined(__SSE2__)
    return reinterpret_cast<Int32x4>(
        _mm_madd_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#elif defined(__ARM_NEON) && defined(__aarch64__)
    const auto x = reinterpret_cast<int16x8_t>(a);
    const auto y = reinterpret_cast<int16x8_t>(b);
    return reinterpret_cast<Int32x4>(
        vpaddq_s32(vmull_s16(vget_low_s16(x), vget_low_s16(y)), vmull_high_s16(x, y)));
#else
    return Int32x4{a[0] * b[0] + a[1] * b[1], a[2] * b[2] + a[3] * b[3], a[4] * b[4] + a[5] * b[5],
                   a[6] * b[6] + a[7] * b[7]};
#endif
}

}  // namespace likeness::simd
