/// @file
/// 128-bit vectors: GCC's and Clang's vector extensions, and the operations that they lack. Integer
/// arithmetic is exact and IEEE arithmetic goes lane by lane, so every path gives the same bits.
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
using Float64x2 = double __attribute__((vector_size(16)));

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

/// {a, b, a, b, …} of two numbers in a row.
[[nodiscard]] inline Int16x8 repeat_pair(const std::int16_t* pair) noexcept {
#if defined(__wasm_simd128__)
    return reinterpret_cast<Int16x8>(wasm_v128_load32_splat(pair));
#else
    return Int16x8{pair[0], pair[1], pair[0], pair[1], pair[0], pair[1], pair[0], pair[1]};
#endif
}

/// Four pixels p to s of four bytes: {p0, q0, p1, q1, …} and {r0, s0, r1, s1, …}.
struct PixelPairs {
    Int16x8 first;
    Int16x8 second;
};

[[nodiscard]] inline PixelPairs load_pixel_pairs(const std::uint8_t* pixels) noexcept {
#if defined(__wasm_simd128__)
    const v128_t bytes = wasm_v128_load(pixels);
    const v128_t pairs =
        wasm_i8x16_shuffle(bytes, bytes, 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
    return {reinterpret_cast<Int16x8>(wasm_u16x8_extend_low_u8x16(pairs)),
            reinterpret_cast<Int16x8>(wasm_u16x8_extend_high_u8x16(pairs))};
#elif defined(__SSE2__)
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pixels));
    const __m128i next = _mm_srli_si128(bytes, 4);
    const __m128i zero = _mm_setzero_si128();
    return {
        reinterpret_cast<Int16x8>(_mm_unpacklo_epi8(_mm_unpacklo_epi8(bytes, next), zero)),
        reinterpret_cast<Int16x8>(_mm_unpacklo_epi8(_mm_unpackhi_epi8(bytes, next), zero)),
    };
#else
    PixelPairs pairs{};
    for (int i = 0; i < 8; ++i) {
        pairs.first[i] = pixels[i / 2 + i % 2 * 4];
        pairs.second[i] = pixels[8 + i / 2 + i % 2 * 4];
    }
    return pairs;
#endif
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

/// Eight bytes, each widened to 16 bits.
[[nodiscard]] inline Int16x8 load_widened(const std::uint8_t* source) noexcept {
#if defined(__wasm_simd128__)
    return reinterpret_cast<Int16x8>(wasm_u16x8_load8x8(source));
#elif defined(__SSE2__)
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(source));
    return reinterpret_cast<Int16x8>(_mm_unpacklo_epi8(bytes, _mm_setzero_si128()));
#elif defined(__ARM_NEON) && defined(__aarch64__)
    return reinterpret_cast<Int16x8>(vmovl_u8(vld1_u8(source)));
#else
    return Int16x8{source[0], source[1], source[2], source[3],
                   source[4], source[5], source[6], source[7]};
#endif
}

/// Four RGBA pixels as RGB, which writes 16 bytes, the last four of no meaning; false, and nothing
/// written, where one of them isn't opaque.
inline bool pack_opaque(const std::uint8_t* rgba, std::uint8_t* rgb) noexcept {
#if defined(__wasm_simd128__)
    const v128_t pixels = wasm_v128_load(rgba);
    const v128_t alpha = wasm_v128_or(pixels, wasm_u32x4_const_splat(0xFFFFFF));
    if (wasm_v128_any_true(wasm_v128_not(alpha))) return false;
    wasm_v128_store(rgb, wasm_i8x16_shuffle(pixels, pixels, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14,
                                            0, 0, 0, 0));
    return true;
#else
    std::uint32_t pixels[4];
    std::memcpy(pixels, rgba, sizeof pixels);
    if ((rgba[3] & rgba[7] & rgba[11] & rgba[15]) != 255) return false;
    for (int i = 0; i < 4; ++i) std::memcpy(rgb + 3 * i, pixels + i, 4);
    return true;
#endif
}

/// Two numbers in double.
[[nodiscard]] inline Float64x2 load_doubles(const double* source) noexcept {
    return load<Float64x2>(source);
}

/// Two numbers, each widened to double.
[[nodiscard]] inline Float64x2 load_doubles(const float* source) noexcept {
#if defined(__wasm_simd128__)
    return reinterpret_cast<Float64x2>(wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(source)));
#elif defined(__SSE2__)
    const __m128 pair = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(source)));
    return reinterpret_cast<Float64x2>(_mm_cvtps_pd(pair));
#else
    return Float64x2{source[0], source[1]};
#endif
}

}  // namespace likeness::simd
