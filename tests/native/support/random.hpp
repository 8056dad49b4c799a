/// @file
/// The fixed pseudo-random numbers behind all generated test data; tests/data/README.md describes
/// them for other languages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace likeness::test {

/// xorshift32 with shifts 13, 17, 5: G. Marsaglia, "Xorshift RNGs", J. Stat. Softw. 8/14 (2003).
class Random {
public:
    /// The seed must not be zero.
    explicit Random(std::uint32_t seed) noexcept : state_(seed) {}

    std::uint32_t next() noexcept {
        state_ ^= state_ << 13U;
        state_ ^= state_ >> 17U;
        state_ ^= state_ << 5U;
        return state_;
    }

    /// In [first, last].
    int between(int first, int last) noexcept {
        return first + static_cast<int>(next() % static_cast<std::uint32_t>(last - first + 1));
    }

private:
    std::uint32_t state_;
};

/// The upper byte of each number.
inline std::vector<std::uint8_t> random_bytes(std::size_t count, std::uint32_t seed) {
    Random random(seed);
    std::vector<std::uint8_t> bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next() >> 24U);
    return bytes;
}

/// The upper 24 bits of each number, times 2^-24: exact in float, in [0, 1).
inline std::vector<float> random_floats(std::size_t count, std::uint32_t seed) {
    Random random(seed);
    std::vector<float> floats(count);
    for (float& value : floats) value = static_cast<float>(random.next() >> 8U) * 0x1p-24F;
    return floats;
}

}  // namespace likeness::test
