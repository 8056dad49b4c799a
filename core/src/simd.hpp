/// @file
/// 128-bit vectors: GCC's and Clang's vector extensions, and the operations that they lack, written
/// once as WebAssembly's; elsewhere SIMDe makes SSE2 or NEON of them. Integer arithmetic is exact
/// and IEEE arithmetic goes lane by lane, so every platform gives the same bits.
#pragma once

#include <wasm/simd128.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

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

/// The same bits as SIMDe has them.
template <class Vector>
[[nodiscard]] inline simde_v128_t bits_of(Vector vector) noexcept {
    return reinterpret_cast<simde_v128_t>(vector);
}

/// {a0 b0 + a1 b1, a2 b2 + a3 b3, …}
[[nodiscard]] inline Int32x4 multiply_add_pairs(Int16x8 a, Int16x8 b) noexcept {
    return reinterpret_cast<Int32x4>(simde_wasm_i32x4_dot_i16x8(bits_of(a), bits_of(b)));
}

/// Eight bytes, each widened to 16 bits.
[[nodiscard]] inline Int16x8 load_widened(const std::uint8_t* source) noexcept {
    return reinterpret_cast<Int16x8>(
        simde_wasm_u16x8_extend_low_u8x16(simde_wasm_v128_load64_zero(source)));
}

[[nodiscard]] inline Int16x8 load_widened(const std::int8_t* source) noexcept {
    return reinterpret_cast<Int16x8>(
        simde_wasm_i16x8_extend_low_i8x16(simde_wasm_v128_load64_zero(source)));
}

/// Whether any bit is set.
[[nodiscard]] inline bool any(Int32x4 vector) noexcept {
    return simde_wasm_v128_any_true(bits_of(vector));
}

/// The sum of each vector's four numbers.
[[nodiscard]] inline Int32x4 sums_of(Int32x4 a, Int32x4 b, Int32x4 c, Int32x4 d) noexcept {
    const auto add_halves = [](Int32x4 i, Int32x4 j) {
        const simde_v128_t x = bits_of(i);
        const simde_v128_t y = bits_of(j);
        return simde_wasm_i32x4_add(simde_wasm_i32x4_shuffle(x, y, 0, 4, 1, 5),
                                    simde_wasm_i32x4_shuffle(x, y, 2, 6, 3, 7));
    };
    const simde_v128_t ab = add_halves(a, b);
    const simde_v128_t cd = add_halves(c, d);
    return reinterpret_cast<Int32x4>(simde_wasm_i32x4_add(simde_wasm_i64x2_shuffle(ab, cd, 0, 2),
                                                          simde_wasm_i64x2_shuffle(ab, cd, 1, 3)));
}

/// How many bytes a vector holds: pixels that are taken apart at once.
inline constexpr std::size_t bytes = 16;

/// How many bytes come before the first one of that value; all of them where there is none.
[[nodiscard]] inline std::size_t find_byte(std::span<const std::uint8_t> in,
                                           std::uint8_t value) noexcept {
    const simde_v128_t wanted = simde_wasm_i8x16_splat(static_cast<std::int8_t>(value));
    std::size_t at = 0;
    for (; in.size() - at >= bytes; at += bytes) {
        const auto found = static_cast<unsigned>(simde_wasm_i8x16_bitmask(
            simde_wasm_i8x16_eq(simde_wasm_v128_load(in.data() + at), wanted)));
        if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
    }
    const auto rest = in.subspan(at);
    return at + static_cast<std::size_t>(std::find(rest.begin(), rest.end(), value) - rest.begin());
}

/// 16 RGB pixels, each channel by itself.
inline void split_rgb(const std::uint8_t* rgb, std::uint8_t* red, std::uint8_t* green,
                      std::uint8_t* blue) noexcept {
    simde_v128_t a = simde_wasm_v128_load(rgb);
    simde_v128_t b = simde_wasm_v128_load(rgb + bytes);
    simde_v128_t c = simde_wasm_v128_load(rgb + 2 * bytes);
    const auto interleave = [](simde_v128_t x, simde_v128_t y) {
        return simde_wasm_i8x16_shuffle(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
                                        23);
    };
    const auto upper = [](simde_v128_t x) { return simde_wasm_i64x2_shuffle(x, x, 1, 1); };
    for (int i = 0; i < 4; ++i) {
        const simde_v128_t x = interleave(a, upper(b));
        const simde_v128_t y = interleave(upper(a), c);
        c = interleave(b, upper(c));
        a = x;
        b = y;
    }
    simde_wasm_v128_store(red, a);
    simde_wasm_v128_store(green, b);
    simde_wasm_v128_store(blue, c);
}

/// 16 RGBA pixels, each colour by itself; false where one of the pixels isn't opaque.
inline bool split_opaque(const std::uint8_t* rgba, std::uint8_t* red, std::uint8_t* green,
                         std::uint8_t* blue) noexcept {
    const simde_v128_t a = simde_wasm_v128_load(rgba);
    const simde_v128_t b = simde_wasm_v128_load(rgba + bytes);
    const simde_v128_t c = simde_wasm_v128_load(rgba + 2 * bytes);
    const simde_v128_t d = simde_wasm_v128_load(rgba + 3 * bytes);
    const auto store_channel = [&](std::uint8_t* target, std::uint32_t bits) {
        const auto channel = [bits](simde_v128_t x) {
            return simde_wasm_v128_and(simde_wasm_u32x4_shr(x, bits), simde_wasm_i32x4_splat(255));
        };
        simde_wasm_v128_store(target, simde_wasm_u8x16_narrow_i16x8(
                                          simde_wasm_i16x8_narrow_i32x4(channel(a), channel(b)),
                                          simde_wasm_i16x8_narrow_i32x4(channel(c), channel(d))));
    };
    store_channel(red, 0);
    store_channel(green, 8);
    store_channel(blue, 16);
    const simde_v128_t all =
        simde_wasm_v128_and(simde_wasm_v128_and(a, b), simde_wasm_v128_and(c, d));
    return !simde_wasm_v128_any_true(
        simde_wasm_v128_andnot(simde_wasm_i32x4_splat(static_cast<std::int32_t>(0xFF000000)), all));
}

/// How many of 256 bits differ.
[[nodiscard]] inline int hamming_distance(const std::uint64_t* a, const std::uint64_t* b) noexcept {
    const auto ones = [&](std::size_t i) {
        return simde_wasm_i8x16_popcnt(
            simde_wasm_v128_xor(simde_wasm_v128_load(a + i), simde_wasm_v128_load(b + i)));
    };
    const simde_v128_t bytes_of = simde_wasm_i8x16_add(ones(0), ones(2));
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
    return reinterpret_cast<Float64x2>(
        simde_wasm_f64x2_promote_low_f32x4(simde_wasm_v128_load64_zero(source)));
}

}  // namespace likeness::simd
