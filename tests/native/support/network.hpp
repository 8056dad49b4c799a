/// @file
/// Files of a network's weights, as core/src/network/weights.hpp describes them, made of random
/// numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "support/random.hpp"

namespace likeness::test {

/// A row of the layer table, by its numbers in the file.
struct NetworkLayer {
    std::uint8_t kind;  ///< 0 the stem, 1 depthwise, 2 pointwise.
    std::uint8_t stride;
    std::uint8_t activation;  ///< 0 none, 1 ReLU, 2 ReLU6.
    std::uint8_t adds;
    std::uint8_t bits;
    std::uint32_t inputs;
    std::uint32_t outputs;
};

inline constexpr std::size_t network_header_bytes = 12;
inline constexpr std::size_t network_layer_bytes = 16;

/// A small network of every kind of layer and weight, with a residual addition.
inline std::vector<NetworkLayer> small_network() {
    return {
        {0, 2, 2, 0, 32, 3, 8},   {1, 1, 2, 0, 16, 8, 8},   {2, 1, 0, 0, 12, 8, 8},
        {2, 1, 2, 0, 8, 8, 24},   {1, 2, 2, 0, 16, 24, 24}, {2, 1, 0, 0, 8, 24, 16},
        {2, 1, 1, 0, 12, 16, 40}, {1, 1, 1, 0, 8, 40, 40},  {2, 1, 0, 1, 12, 40, 16},
        {2, 1, 2, 0, 8, 16, 24},  {1, 2, 2, 0, 32, 24, 24}, {2, 1, 0, 0, 32, 24, 8},
        {2, 1, 2, 0, 8, 8, 16},   {1, 2, 2, 0, 16, 16, 16}, {2, 1, 0, 0, 8, 16, 8},
        {2, 1, 2, 0, 8, 8, 16},   {1, 2, 2, 0, 16, 16, 16}, {2, 1, 0, 0, 8, 16, 8},
        {2, 1, 2, 0, 12, 8, 40},
    };
}

inline std::size_t weights_of_output(const NetworkLayer& layer) {
    constexpr std::size_t taps = 9;
    if (layer.kind == 2) return layer.inputs;
    return layer.kind == 0 ? layer.inputs * taps : taps;
}

inline void append_u32(std::vector<std::uint8_t>& file, std::uint32_t value) {
    for (int i = 0; i < 4; ++i, value >>= 8U) file.push_back(static_cast<std::uint8_t>(value));
}

inline void append_float(std::vector<std::uint8_t>& file, float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    append_u32(file, bits);
}

/// Weights are small enough for sums to stay within a few times ReLU6's range.
inline std::vector<std::uint8_t> encode_network(const std::vector<NetworkLayer>& layers,
                                                std::uint32_t seed) {
    std::vector<std::uint8_t> file{'L', 'K', 'N', 'W'};
    append_u32(file, 1);
    append_u32(file, static_cast<std::uint32_t>(layers.size()));
    for (const NetworkLayer& layer : layers) {
        file.insert(file.end(),
                    {layer.kind, layer.stride, layer.activation, layer.adds, layer.bits, 0, 0, 0});
        append_u32(file, layer.inputs);
        append_u32(file, layer.outputs);
    }
    Random random(seed);
    const auto number = [&](float range) {
        return (static_cast<float>(random.next() >> 8U) * 0x1p-23F - 1.0F) * range;
    };
    for (const NetworkLayer& layer : layers) {
        for (std::uint32_t i = 0; i < layer.outputs; ++i) append_float(file, number(1.0F));
        const std::size_t count = weights_of_output(layer) * layer.outputs;
        if (layer.bits == 32) {
            for (std::size_t i = 0; i < count; ++i) append_float(file, number(0.5F));
            continue;
        }
        const float scale = 1.0F / static_cast<float>(1U << layer.bits);
        for (std::uint32_t i = 0; i < layer.outputs; ++i) append_float(file, scale + number(scale));
        for (std::size_t i = 0; i < (count * layer.bits + 7) / 8; ++i) {
            file.push_back(static_cast<std::uint8_t>(random.next() >> 24U));
        }
    }
    return file;
}

}  // namespace likeness::test
