/// @file
/// The two convolutions that MobileNetV2 is made of, for vectors of any width. Every output is one
/// sum that starts with the bias and runs over its inputs in a fixed order, with a rounding after
/// each product and each addition: 4 and 8 lanes, and any processor, give the same bits.
///
/// Pictures are NHWC: the channels of a pixel lie side by side, then its right neighbour's.
#pragma once

#include <cstddef>

namespace likeness::network {

/// Output channels whose weights lie together: a panel. Every number of channels is a multiple.
inline constexpr std::size_t panel_width = 8;

/// What becomes of a sum: no less than `least` and no more than `most`.
struct Bounds {
    float least;
    float most;
};

/// A 1 × 1 convolution of `pixels` pixels.
struct Pointwise {
    const float* input;    ///< [pixels][inputs]
    std::size_t pixels;    ///
    std::size_t inputs;    ///< Channels of the input.
    const float* weights;  ///< [outputs / panel_width][inputs][panel_width]
    const float* bias;     ///< [outputs]
    std::size_t outputs;   ///< Channels of the output.
    float* output;         ///< Rows of `row` pixels of `outputs` channels.
    std::size_t row;       ///< Pixels of an output row.
    std::size_t gap;       ///< Pixels between the rows of the output, which stay as they are.
    const float* addend;   ///< [pixels][outputs], added after the bounds; null where none is.
    Bounds bounds;         ///
};

/// One row of a 3 × 3 convolution of each channel by itself.
struct Depthwise {
    const float* rows[3];  ///< Three rows; each begins a pixel left of the output's first one.
    std::size_t channels;  ///
    std::size_t stride;    ///< 1 or 2: input pixels from one output pixel to the next.
    const float* weights;  ///< [3][3][channels]
    const float* bias;     ///< [channels]
    float* output;         ///< [pixels][channels]
    std::size_t pixels;    ///
    Bounds bounds;         ///
};

/// Both convolutions for one width of vectors.
struct Kernels {
    void (*pointwise)(const Pointwise&) noexcept;
    void (*depthwise)(const Depthwise&) noexcept;
};

/// The widest that this processor has.
[[nodiscard]] const Kernels& kernels() noexcept;

/// 4 lanes: WebAssembly, SSE2, NEON.
[[nodiscard]] const Kernels& kernels_of_4_lanes() noexcept;

#if defined(__x86_64__)
/// 8 lanes. Only for processors that have AVX2.
[[nodiscard]] const Kernels& kernels_of_8_lanes() noexcept;
#endif

}  // namespace likeness::network
