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
using Float32x4 = float __attribute__((vector_size(16)));
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

/// Whether any bit is set.
[[nodiscard]] inline bool any(Int32x4 vector) noexcept {
#if defined(__wasm_simd128__)
    return wasm_v128_any_true(reinterpret_cast<v128_t>(vector));
#else
    std::uint64_t halves[2];
    std::memcpy(halves, &vector, sizeof halves);
    return (halves[0] | halves[1]) != 0;
#endif
}

/// The sum of each vector's four numbers.
[[nodiscard]] inline Int32x4 sums_of(Int32x4 a, Int32x4 b, Int32x4 c, Int32x4 d) noexcept {
#if defined(__wasm_simd128__)
    const auto add_halves = [](Int32x4 i, Int32x4 j) {
        const auto x = reinterpret_cast<v128_t>(i);
        const auto y = reinterpret_cast<v128_t>(j);
        return wasm_i32x4_add(wasm_i32x4_shuffle(x, y, 0, 4, 1, 5),
                              wasm_i32x4_shuffle(x, y, 2, 6, 3, 7));
    };
    const v128_t ab = add_halves(a, b);
    const v128_t cd = add_halves(c, d);
    return reinterpret_cast<Int32x4>(
        wasm_i32x4_add(wasm_i64x2_shuffle(ab, cd, 0, 2), wasm_i64x2_shuffle(ab, cd, 1, 3)));
#elif defined(__SSE2__)
    const auto add_halves = [](Int32x4 i, Int32x4 j) {
        const auto x = reinterpret_cast<__m128i>(i);
        const auto y = reinterpret_cast<__m128i>(j);
        return _mm_add_epi32(_mm_unpacklo_epi32(x, y), _mm_unpackhi_epi32(x, y));
    };
    const __m128i ab = add_halves(a, b);
    const __m128i cd = add_halves(c, d);
    return reinterpret_cast<Int32x4>(
        _mm_add_epi32(_mm_unpacklo_epi64(ab, cd), _mm_unpackhi_epi64(ab, cd)));
#else
    const auto sum = [](Int32x4 x) { return x[0] + x[1] + x[2] + x[3]; };
    return Int32x4{sum(a), sum(b), sum(c), sum(d)};
#endif
}

/// How many bytes a vector holds: pixels that are taken apart at once.
inline constexpr std::size_t bytes = 16;

/// 16 RGB pixels, each channel by itself.
inline void split_rgb(const std::uint8_t* rgb, std::uint8_t* red, std::uint8_t* green,
                      std::uint8_t* blue) noexcept {
#if defined(__wasm_simd128__)
    const v128_t a = wasm_v128_load(rgb);
    const v128_t b = wasm_v128_load(rgb + bytes);
    const v128_t c = wasm_v128_load(rgb + 2 * bytes);
    // Of the first 32 bytes, then of those and the last 16.
    const v128_t r =
        wasm_i8x16_shuffle(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
    const v128_t g =
        wasm_i8x16_shuffle(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
    const v128_t l =
        wasm_i8x16_shuffle(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
    wasm_v128_store(red,
                    wasm_i8x16_shuffle(r, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29));
    wasm_v128_store(green,
                    wasm_i8x16_shuffle(g, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30));
    wasm_v128_store(blue,
                    wasm_i8x16_shuffle(l, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31));
#else
    for (std::size_t i = 0; i < bytes; ++i) {
        red[i] = rgb[3 * i];
        green[i] = rgb[3 * i + 1];
        blue[i] = rgb[3 * i + 2];
    }
#endif
}

/// 16 RGBA pixels, each colour by itself; false where one of the pixels isn't opaque.
inline bool split_opaque(const std::uint8_t* rgba, std::uint8_t* red, std::uint8_t* green,
                         std::uint8_t* blue) noexcept {
#if defined(__wasm_simd128__)
    const auto sorted = [rgba](std::size_t i) {
        const v128_t pixels = wasm_v128_load(rgba + i * bytes);
        return wasm_i8x16_shuffle(pixels, pixels, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11,
                                  15);
    };
    const v128_t a = sorted(0);
    const v128_t b = sorted(1);
    const v128_t c = sorted(2);
    const v128_t d = sorted(3);
    const v128_t ab_low = wasm_i32x4_shuffle(a, b, 0, 4, 1, 5);
    const v128_t cd_low = wasm_i32x4_shuffle(c, d, 0, 4, 1, 5);
    const v128_t ab_high = wasm_i32x4_shuffle(a, b, 2, 6, 3, 7);
    const v128_t cd_high = wasm_i32x4_shuffle(c, d, 2, 6, 3, 7);
    wasm_v128_store(red, wasm_i64x2_shuffle(ab_low, cd_low, 0, 2));
    wasm_v128_store(green, wasm_i64x2_shuffle(ab_low, cd_low, 1, 3));
    wasm_v128_store(blue, wasm_i64x2_shuffle(ab_high, cd_high, 0, 2));
    const v128_t alpha = wasm_i64x2_shuffle(ab_high, cd_high, 1, 3);
    return !wasm_v128_any_true(wasm_v128_not(alpha));
#elif defined(__SSE2__)
    const auto pixels = [rgba](std::size_t i) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rgba + i * bytes));
    };
    const __m128i a = pixels(0);
    const __m128i b = pixels(1);
    const __m128i c = pixels(2);
    const __m128i d = pixels(3);
    const auto store_channel = [&](std::uint8_t* target, int bits) {
        const auto channel = [bits](__m128i x) {
            return _mm_and_si128(_mm_srli_epi32(x, bits), _mm_set1_epi32(255));
        };
        _mm_storeu_si128(reinterpret_cast<__m128i*>(target),
                         _mm_packus_epi16(_mm_packs_epi32(channel(a), channel(b)),
                                          _mm_packs_epi32(channel(c), channel(d))));
    };
    store_channel(red, 0);
    store_channel(green, 8);
    store_channel(blue, 16);
    const __m128i alpha = _mm_and_si128(_mm_and_si128(a, b), _mm_and_si128(c, d));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_or_si128(alpha, _mm_set1_epi32(0xFFFFFF)),
                                            _mm_set1_epi32(-1))) == 0xFFFF;
#else
    std::uint8_t alpha = 255;
    for (std::size_t i = 0; i < bytes; ++i) {
        red[i] = rgba[4 * i];
        green[i] = rgba[4 * i + 1];
        blue[i] = rgba[4 * i + 2];
        alpha &= rgba[4 * i + 3];
    }
    return alpha == 255;
#endif
}

/// How many of 256 bits differ.
[[nodiscard]] inline int hamming_distance(const std::uint64_t* a, const std::uint64_t* b) noexcept {
    using Uint8x16 = std::uint8_t __attribute__((vector_size(16)));
#if defined(__wasm_simd128__)
    const auto ones = [&](std::size_t i) {
        return wasm_i8x16_popcnt(wasm_v128_xor(wasm_v128_load(a + i), wasm_v128_load(b + i)));
    };
    const auto bytes_of = reinterpret_cast<Uint8x16>(wasm_i8x16_add(ones(0), ones(2)));
#else
    // Bits are counted in pairs, those in fours, and the fours of both halves in bytes.
    const auto fours = [&](std::size_t i) {
        Uint8x16 x = load<Uint8x16>(a + i) ^ load<Uint8x16>(b + i);
        x -= (x >> 1) & 0x55;
        return (x & 0x33) + ((x >> 2) & 0x33);
    };
    const Uint8x16 low = fours(0);
    const Uint8x16 high = fours(2);
    const Uint8x16 bytes_of = (low & 0x0F) + (low >> 4) + (high & 0x0F) + (high >> 4);
#endif
    std::uint64_t halves[2];
    std::memcpy(halves, &bytes_of, sizeof halves);
    // No byte is over 16, so no sum of sixteen is over 256; the bytes' sum lands in the top 16
    // bits.
    constexpr std::uint64_t every_other = 0x00FF00FF00FF00FF;
    const std::uint64_t pairs = (halves[0] & every_other) + (halves[0] >> 8U & every_other) +
                                (halves[1] & every_other) + (halves[1] >> 8U & every_other);
    return static_cast<int>(pairs * 0x0001000100010001 >> 48U);
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
