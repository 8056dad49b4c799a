/// @file
/// What the fuzz targets share: numbers from the fuzzer's bytes, and a check that ends the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

namespace likeness::fuzz {

/// Ends the program where a promise is broken, so that libFuzzer keeps the input.
inline void require(bool kept, const char* promise) {
    if (kept) return;
    static_cast<void>(std::fprintf(stderr, "Broken: %s\n", promise));
    std::abort();
}

/// Takes an input apart from its front; zeros follow its end.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const std::uint8_t first = rest_[0];
        rest_ = rest_.subspan(1);
        return first;
    }

    std::uint16_t word() {
        const unsigned low = byte();
        return static_cast<std::uint16_t>(low | static_cast<unsigned>(byte()) << 8U);
    }

    /// In [first, last].
    int between(int first, int last) { return first + word() % (last - first + 1); }

    /// Any bit pattern: infinities and NaNs, too.
    float any_float() {
        const std::uint32_t bits = word() | static_cast<std::uint32_t>(word()) << 16U;
        float value = 0.0F;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    }

    std::vector<float> floats(std::size_t count) {
        std::vector<float> values(count);
        for (float& value : values) value = any_float();
        return values;
    }

    /// `count` bytes: what is left of the input, over and over.
    std::vector<std::uint8_t> pattern(std::size_t count) {
        std::vector<std::uint8_t> bytes(count);
        for (std::size_t i = 0; i < count && !rest_.empty(); ++i) {
            // Shifted a little each time round, so that rows differ.
            bytes[i] = static_cast<std::uint8_t>(rest_[i % rest_.size()] + i / rest_.size());
        }
        return bytes;
    }

    [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

private:
    std::span<const std::uint8_t> rest_;
};

}  // namespace likeness::fuzz
