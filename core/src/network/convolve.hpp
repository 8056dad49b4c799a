/// @file
/// The convolutions of kernels.hpp, for `lanes` floats at once. To be included by one source file a
/// width, each of which is compiled for its own processors: all is local to the file, so that no
/// function compiled for a wider processor stands in for another's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "network/kernels.hpp"

namespace likeness::network {
namespace {

template <std::size_t lanes>
struct VectorOf {
    using Type __attribute__((vector_size(lanes * sizeof(float)))) = float;
};
template <std::size_t lanes>
using Vector = typename VectorOf<lanes>::Type;

template <std::size_t lanes>
[[nodiscard]] inline Vector<lanes> load(const float* source) noexcept {
    Vector<lanes> vector;
    std::memcpy(&vector, source, sizeof vector);
    return vector;
}

template <std::size_t lanes>
inline void store(float* target, Vector<lanes> vector) noexcept {
    std::memcpy(target, &vector, sizeof vector);
}

template <std::size_t lanes>
[[nodiscard]] inline Vector<lanes> splat(float value) noexcept {
    return value - Vector<lanes>{};
}

template <std::size_t lanes>
[[nodiscard]] inline Vector<lanes> bounded(Vector<lanes> sum, Bounds bounds) noexcept {
    const Vector<lanes> least = splat<lanes>(bounds.least);
    const Vector<lanes> most = splat<lanes>(bounds.most);
    sum = least < sum ? sum : least;
    return sum < most ? sum : most;
}

/// What is summed up at once, in registers: `pixels` pixels × `vectors` vectors of outputs.
struct Tile {
    std::size_t pixels;
    std::size_t vectors;
};

// Each has sums enough to hide how long an addition takes, and fills 16 registers.
#if defined(__wasm__)
/// JavaScript engines keep some registers for themselves.
template <std::size_t lanes>
inline constexpr Tile tile{.pixels = 4, .vectors = 2};
#else
/// SSE2 spreads an input over a vector by a shuffle, in the place of an addition: four vectors
/// share one.
template <std::size_t lanes>
inline constexpr Tile tile{.pixels = 3, .vectors = 4};
/// AVX2 spreads it while loading it: the more pixels share weights, the fewer loads.
template <>
inline constexpr Tile tile<8>{.pixels = 6, .vectors = 2};
#endif

/// Of any tile.
inline constexpr std::size_t most_pixels = 6;

/// Neighbouring pixels: where their inputs begin, and where their outputs go.
struct PixelGroup {
    const float* input;
    const float* addend;
    std::array<float*, most_pixels> outputs;
};

/// Weights that are needed soon: `step` bytes of them are brought into the cache with each input of
/// a group of pixels.
struct Prefetch {
    const char* at;
    std::size_t step;

    void advance() noexcept {
#if !defined(__wasm__)  // It has no such instruction.
        __builtin_prefetch(at);
        at += step;
#endif
    }
};

/// `pixels` pixels × `vectors` vectors of output channels, the first of which begins a panel.
/// Pointers run through weights and inputs: WebAssembly's loads add constants to an address, but no
/// indices.
template <std::size_t lanes, std::size_t pixels, std::size_t vectors>
inline void multiply(const Pointwise& layer, const PixelGroup& group, std::size_t channel,
                     Prefetch prefetch) noexcept {
    const std::size_t panel_size = panel_width * layer.inputs;
    const float* weights = layer.weights + channel * layer.inputs;
    std::array<const float*, pixels> inputs;
    std::array<std::array<Vector<lanes>, vectors>, pixels> sums;
    for (std::size_t p = 0; p < pixels; ++p) {
        inputs[p] = group.input + p * layer.inputs;
        for (std::size_t v = 0; v < vectors; ++v) {
            sums[p][v] = load<lanes>(layer.bias + channel + v * lanes);
        }
    }
    for (const float* const end = weights + panel_size; weights != end; weights += panel_width) {
        std::array<Vector<lanes>, vectors> weight;
        for (std::size_t v = 0; v < vectors; ++v) {
            const std::size_t at = v * lanes;
            weight[v] = load<lanes>(weights + at / panel_width * panel_size + at % panel_width);
        }
        for (std::size_t p = 0; p < pixels; ++p) {
            const Vector<lanes> input = splat<lanes>(*inputs[p]++);
            for (std::size_t v = 0; v < vectors; ++v) sums[p][v] += input * weight[v];
        }
        prefetch.advance();
    }
    // A copy, since for all the compiler knows each store might change the layer.
    const Bounds bounds = layer.bounds;
    for (std::size_t p = 0; p < pixels; ++p) {
        for (std::size_t v = 0; v < vectors; ++v) {
            const std::size_t at = channel + v * lanes;
            Vector<lanes> sum = bounded<lanes>(sums[p][v], bounds);
            if (group.addend != nullptr) {
                sum += load<lanes>(group.addend + p * layer.outputs + at);
            }
            store<lanes>(group.outputs[p] + at, sum);
        }
    }
}

/// As many pixels as the group has.
template <std::size_t lanes, std::size_t vectors, std::size_t pixels = tile<lanes>.pixels>
inline void multiply_group(const Pointwise& layer, const PixelGroup& group, std::size_t count,
                           std::size_t channel, Prefetch prefetch) noexcept {
    if constexpr (pixels > 0) {
        if (count == pixels) {
            multiply<lanes, pixels, vectors>(layer, group, channel, prefetch);
        } else {
            multiply_group<lanes, vectors, pixels - 1>(layer, group, count, channel, prefetch);
        }
    }
}

/// Weights of up to this many bytes stay in the first cache while every pixel passes by them.
inline constexpr std::size_t small_weights = 24576;

/// Walks over the pixels in groups that are as even as may be.
template <class Visit>
inline void for_each_group(const Pointwise& layer, std::size_t groups, Visit visit) noexcept {
    std::size_t pixel = 0;
    std::size_t column = 0;
    float* output = layer.output;
    for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t count = layer.pixels * (g + 1) / groups - pixel;
        PixelGroup group;
        group.input = layer.input + pixel * layer.inputs;
        group.addend = layer.addend == nullptr ? nullptr : layer.addend + pixel * layer.outputs;
        for (std::size_t p = 0; p < count; ++p) {
            group.outputs[p] = output;
            output += layer.outputs;
            if (++column == layer.row) {
                column = 0;
                output += layer.gap * layer.outputs;
            }
        }
        visit(group, count);
        pixel += count;
    }
}

/// Output channels from `first` up to `last`.
template <std::size_t lanes>
inline void multiply_channels(const Pointwise& layer, const PixelGroup& group, std::size_t count,
                              std::size_t first, std::size_t last, Prefetch prefetch) noexcept {
    constexpr std::size_t width = lanes * tile<lanes>.vectors;
    for (; first + width <= last; first += width) {
        multiply_group<lanes, tile<lanes>.vectors>(layer, group, count, first, prefetch);
    }
    if constexpr (width > panel_width) {
        if (first < last) {
            multiply_group<lanes, panel_width / lanes>(layer, group, count, first, prefetch);
        }
    }
}

template <std::size_t lanes>
void pointwise(const Pointwise& layer) noexcept {
    const std::size_t groups = (layer.pixels + tile<lanes>.pixels - 1) / tile<lanes>.pixels;
    const std::size_t bytes = layer.inputs * layer.outputs * sizeof(float);
    const std::size_t span = bytes <= small_weights ? layer.outputs : lanes * tile<lanes>.vectors;
    for (std::size_t first = 0; first < layer.outputs; first += span) {
        const std::size_t last = std::min(first + span, layer.outputs);
        // After the last weights come the first ones again, for the next pixels.
        const std::size_t next = last < layer.outputs ? last : 0;
        Prefetch prefetch{.at = reinterpret_cast<const char*>(layer.weights + next * layer.inputs),
                          .step = std::min(span, layer.outputs - next) * sizeof(float) / groups};
        for_each_group(layer, groups, [&](const PixelGroup& group, std::size_t count) {
            multiply_channels<lanes>(layer, group, count, first, last, prefetch);
            prefetch.at += prefetch.step * layer.inputs;
        });
    }
}

/// One vector of channels, the first of which is `channel`, along the row: its weights stay in
/// registers.
template <std::size_t lanes, std::size_t stride>
inline void convolve_channels(const Depthwise& layer, std::size_t channel) noexcept {
    const std::size_t channels = layer.channels;
    std::array<const float*, 3> rows;
    std::array<std::array<Vector<lanes>, 3>, 3> weights;
    for (std::size_t y = 0; y < 3; ++y) {
        rows[y] = layer.rows[y] + channel;
        for (std::size_t x = 0; x < 3; ++x) {
            weights[y][x] = load<lanes>(layer.weights + (3 * y + x) * channels + channel);
        }
    }
    const auto bias = load<lanes>(layer.bias + channel);
    const Bounds bounds = layer.bounds;
    float* output = layer.output + channel;
    for (const float* const end = output + layer.pixels * channels; output != end;
         output += channels) {
        Vector<lanes> sum = bias;
        for (std::size_t y = 0; y < 3; ++y) {
            for (std::size_t x = 0; x < 3; ++x) {
                sum += load<lanes>(rows[y] + x * channels) * weights[y][x];
            }
            rows[y] += stride * channels;
        }
        store<lanes>(output, bounded<lanes>(sum, bounds));
    }
}

template <std::size_t lanes, std::size_t stride>
inline void convolve_row(const Depthwise& layer) noexcept {
    for (std::size_t channel = 0; channel < layer.channels; channel += lanes) {
        convolve_channels<lanes, stride>(layer, channel);
    }
}

template <std::size_t lanes>
void depthwise(const Depthwise& layer) noexcept {
    if (layer.stride == 1) {
        convolve_row<lanes, 1>(layer);
    } else {
        convolve_row<lanes, 2>(layer);
    }
}

}  // namespace
}  // namespace likeness::network
