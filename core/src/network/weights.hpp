/// @file
/// A network's weights as a file:
///
///     4 bytes   "LKNW"
///     uint32    version of this format: 1
///     uint32    number of layers
///     layers    16 bytes each:
///               uint8   kind: 0 convolution of 3 × 3 with stride 2 (the first layer),
///                       1 convolution of 3 × 3 of each channel by itself, 2 convolution of 1 × 1
///               uint8   stride: 1 or 2
///               uint8   activation: 0 none, 1 ReLU, 2 ReLU6
///               uint8   1 where the input of the inverted residual is added, else 0
///               uint8   bits of a weight: 8, 12, 16 or 32
///               3 bytes 0
///               uint32  channels of the input
///               uint32  channels of the output
///     then for each layer in turn
///               float32 bias of each output channel
///               float32 scale of each output channel, unless weights have 32 bits
///               weights of the first output channel, of the second, …; within each by input
///               channel, then by row, then by column. 8 and 16 bits: signed numbers, to be
///               multiplied by the scale. 12 bits: the upper 8 of each, signed, then the lower 4 of
///               each, two in a byte, the first one low. 32 bits: float32.
///
/// All numbers are little-endian. Nothing follows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/network.hpp"

namespace likeness::network {

enum class LayerKind : std::uint8_t { stem = 0, depthwise = 1, pointwise = 2 };

enum class Activation : std::uint8_t { none = 0, relu = 1, relu6 = 2 };

/// A convolution with padding 1 (3 × 3) or 0 (1 × 1), as the file has it.
struct PackedLayer {
    LayerKind kind;
    std::size_t stride;
    Activation activation;
    bool adds_block_input;
    int bits;             ///< Of a weight.
    std::size_t inputs;   ///< Channels.
    std::size_t outputs;  ///< Channels.
    std::size_t offset;   ///< Of its numbers, in the file.
};

/// Numbers of a layer.
struct Weights {
    std::vector<float> bias;    ///< [outputs]
    std::vector<float> kernel;  ///< [outputs][inputs of one output][rows][columns]
};

/// The layers of a file, in order. The first one is a stem of 3 inputs; each
/// other's inputs are the outputs of the one before, and no stem; numbers of channels are multiples
/// of panel_width up to 4096. `model-load-failed` otherwise.
Result<std::vector<PackedLayer>> read_layers(const WeightsSource& file);

/// `model-load-failed` for values that aren't finite.
Result<Weights> unpack(const WeightsSource& file, const PackedLayer& layer);

/// A file that is in memory; it must stay there.
WeightsSource source_of(std::span<const std::uint8_t> file);

/// What to say of a file that can't be used. @param reason goes on after "the network's weights"
Error unfit_weights(std::string_view reason);

}  // namespace likeness::network
