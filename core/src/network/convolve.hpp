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

/// Pixels that are worked at once. With two vectors of outputs, 8 sums hide how long an addition
/// takes, and all of the innermost loop stays in 16 registers, one of which JavaScript engines keep
/// for themselves.
inline constexpr std::size_t most_pixels = 4;

/// Neighbouring pixels: where their inputs begin, and where their outputs go.
struct PixelGroup {
    const float* input;
    const float* addend;
    std::array<float*, most_pixels> outputs;
};

/// `pixels` pixels × `vectors` vectors of output channels, the first of which begins a panel.
/// Pointers run through weights and inputs: WebAssembly's loads add constants to an address, but no
/// indices.
template <std::size_t lanes, std::size_t pixels, std::size_t vectors>
inline void multiply(const Pointwise& layer, const PixelGroup& group,
                     std::size_t channel) noexcept {
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
template <std::size_t lanes, std::size_t vectors, std::size_t pixels = most_pixels>
inline void multiply_group(const Pointwise& layer, const PixelGroup& group, std::size_t count,
                           std::size_t channel) noexcept {
    if constexpr (pixels > 0) {
        if (count == pixels) {
            multiply<lanes, pixels, vectors>(layer, group, channel);
        } else {
            multiply_group<lanes, vectors, pixels - 1>(layer, group, count, channel);
        }
    }
}

/// Weights of up to this many bytes stay in the first cache while every pixel passes by them.
inline constexpr std::size_t small_weights = 24576;

/// Walks over the pixels in groups that are as even as may be.
template <class Visit>
inline void for_each_group(const Pointwise& layer, const Visit& visit) noexcept {
    const std::size_t groups = (layer.pixels + most_pixels - 1) / most_pixels;
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
                              std::size_t first, std::size_t last) noexcept {
    constexpr std::size_t pair = 2 * lanes;
    for (; first + pair <= last; first += pair) {
        multiply_group<lanes, 2>(layer, group, count, first);
    }
    if constexpr (pair > panel_width) {
        if (first < last) multiply_group<lanes, 1>(layer, group, count, first);
    }
}

template <std::size_t lanes>
void pointwise(const Pointwise& layer) noexcept {
    constexpr std::size_t pair = 2 * lanes;
    const std::size_t bytes = layer.inputs * layer.outputs * sizeof(float);
    const std::size_t span = bytes <= small_weights ? layer.outputs : pair;
    for (std::size_t first = 0; first < layer.outputs; first += span) {
        const std::size_t last = std::min(first + span, layer.outputs);
        for_each_group(layer, [&](const PixelGroup& group, std::size_t count) {
            multiply_channels<lanes>(layer, group, count, first, last);
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
