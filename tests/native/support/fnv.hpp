/// @file
/// A short name for many bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace likeness::test {

/// FNV-1a, 32 bits (draft-eastlake-fnv).
inline std::uint32_t fnv1a(std::span<const std::uint8_t> bytes) noexcept {
    std::uint32_t hash = 0x811C9DC5U;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x01000193U;
    return hash;
}

/// Of the numbers' little-endian bytes.
template <class Number, class Bits>
std::uint32_t fnv1a_of_bits(std::span<const Number> values) noexcept {
    static_assert(sizeof(Number) == sizeof(Bits));
    std::uint32_t hash = 0x811C9DC5U;
    for (const Number value : values) {
        Bits bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        for (std::size_t byte = 0; byte < sizeof bits; ++byte, bits >>= 8U) {
            hash = (hash ^ static_cast<std::uint32_t>(bits & 0xFFU)) * 0x01000193U;
        }
    }
    return hash;
}

inline std::uint32_t fnv1a(std::span<const float> values) noexcept {
    return fnv1a_of_bits<float, std::uint32_t>(values);
}

inline std::uint32_t fnv1a(std::span<const double> values) noexcept {
    return fnv1a_of_bits<double, std::uint64_t>(values);
}

inline std::uint32_t fnv1a(std::span<const std::uint32_t> values) noexcept {
    return fnv1a_of_bits<std::uint32_t, std::uint32_t>(values);
}

}  // namespace likeness::test
