/// @file
/// A short name for many bytes.
#pragma once

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

/// Of the floats' little-endian bytes.
inline std::uint32_t fnv1a(std::span<const float> values) noexcept {
    std::uint32_t hash = 0x811C9DC5U;
    for (const float value : values) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        for (int byte = 0; byte < 4; ++byte, bits >>= 8U) {
            hash = (hash ^ (bits & 0xFFU)) * 0x01000193U;
        }
    }
    return hash;
}

}  // namespace likeness::test
