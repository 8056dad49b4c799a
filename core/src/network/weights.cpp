#include "network/weights.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "all_finite.hpp"
#include "byte_reader.hpp"
#include "network/kernels.hpp"

namespace likeness::network {
namespace {

constexpr std::array<std::uint8_t, 4> magic{'L', 'K', 'N', 'W'};
constexpr std::uint32_t version = 1;
constexpr std::size_t header_bytes = 12;
constexpr std::size_t layer_bytes = 16;
constexpr std::size_t most_channels = 4096;

Error cut_short() { return unfit_weights("end too early"); }

/// The bytes are there.
[[nodiscard]] std::uint32_t u32_at(std::span<const std::uint8_t> bytes, std::size_t at) noexcept {
    return read_u32(bytes, at, ByteOrder::little_endian).value_or(0);
}

[[nodiscard]] std::vector<float> floats_of(std::span<const std::uint8_t> bytes) {
    std::vector<float> values(bytes.size() / sizeof(float));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint32_t bits = u32_at(bytes, i * sizeof(float));
        std::memcpy(&values[i], &bits, sizeof bits);
    }
    return values;
}

/// Signed numbers of 8, 12 or 16 bits.
[[nodiscard]] std::vector<float> levels_of(std::span<const std::uint8_t> bytes, std::size_t count,
                                           int bits) {
    const auto signed_at = [&](std::size_t i) {
        return bytes[i] < 128 ? bytes[i] : bytes[i] - 256;
    };
    std::vector<float> levels(count);
    for (std::size_t i = 0; i < count; ++i) {
        int level = 0;
        if (bits == 8) {
            level = signed_at(i);
        } else if (bits == 16) {
            level = signed_at(2 * i + 1) * 256 + bytes[2 * i];
        } else {
            const unsigned pair = bytes[count + i / 2];
            level = signed_at(i) * 16 + static_cast<int>(i % 2 == 0 ? pair & 15U : pair >> 4U);
        }
        levels[i] = static_cast<float>(level);
    }
    return levels;
}

[[nodiscard]] std::size_t kernel_size(const PackedLayer& layer) noexcept {
    constexpr std::size_t taps = 9;
    if (layer.kind == LayerKind::pointwise) return layer.inputs;
    return layer.kind == LayerKind::stem ? layer.inputs * taps : taps;
}

/// Bytes of a layer's biases and of its scales.
[[nodiscard]] std::size_t bias_bytes(const PackedLayer& layer) noexcept {
    return layer.outputs * sizeof(float);
}

[[nodiscard]] std::size_t scale_bytes(const PackedLayer& layer) noexcept {
    return layer.bits == 32 ? 0 : layer.outputs * sizeof(float);
}

[[nodiscard]] std::size_t weight_bytes(const PackedLayer& layer) noexcept {
    return (kernel_size(layer) * layer.outputs * static_cast<std::size_t>(layer.bits) + 7) / 8;
}

/// A row of the layer table.
Result<PackedLayer> read_row(std::span<const std::uint8_t> row) {
    const PackedLayer layer{
        .kind = LayerKind{row[0]},
        .stride = row[1],
        .activation = Activation{row[2]},
        .adds_block_input = row[3] == 1,
        .bits = row[4],
        .inputs = u32_at(row, 8),
        .outputs = u32_at(row, 12),
        .offset = 0,
    };
    if (layer.kind > LayerKind::pointwise || layer.activation > Activation::relu6 || row[3] > 1 ||
        row[5] != 0 || row[6] != 0 || row[7] != 0 || layer.stride < 1 || layer.stride > 2) {
        return unfit_weights("describe an unknown layer");
    }
    const auto sound = [](std::size_t channels) {
        return channels > 0 && channels <= most_channels && channels % panel_width == 0;
    };
    const bool sound_inputs =
        layer.kind == LayerKind::stem ? layer.inputs == 3 : sound(layer.inputs);
    if (!sound_inputs || !sound(layer.outputs) ||
        (layer.kind == LayerKind::depthwise && layer.inputs != layer.outputs)) {
        return unfit_weights("describe a layer of unknown size");
    }
    constexpr std::array known_bits{8, 12, 16, 32};
    if (std::find(known_bits.begin(), known_bits.end(), layer.bits) == known_bits.end()) {
        return unfit_weights("have an unknown number of bits");
    }
    return layer;
}

Result<std::vector<PackedLayer>> read_table(std::span<const std::uint8_t> table) {
    std::vector<PackedLayer> layers;
    for (; !table.empty(); table = table.subspan(layer_bytes)) {
        const auto layer = read_row(table.first(layer_bytes));
        if (!layer) return layer.error();
        const bool stem = layer.value().kind == LayerKind::stem;
        if (layers.empty() ? !stem : stem || layer.value().inputs != layers.back().outputs) {
            return unfit_weights("describe layers that don't fit together");
        }
        layers.push_back(layer.value());
    }
    return layers;
}

}  // namespace

Error unfit_weights(std::string_view reason) {
    return {ErrorCode::model_load_failed,
            "the network's weights " + std::string(reason) +
                ": get the file again, or make it with this version of Likeness"};
}

Result<std::vector<PackedLayer>> read_layers(const WeightsSource& file) {
    if (file.bytes < header_bytes) return unfit_weights("are none");
    const std::vector<std::uint8_t> header = file.read(0, header_bytes);
    if (!std::equal(magic.begin(), magic.end(), header.begin())) return unfit_weights("are none");
    if (u32_at(header, 4) != version) return unfit_weights("are in another version of the format");
    const std::size_t count = u32_at(header, 8);
    if (count > (file.bytes - header_bytes) / layer_bytes) return cut_short();
    auto table = read_table(file.read(header_bytes, count * layer_bytes));
    if (!table) return table;
    std::size_t end = header_bytes + count * layer_bytes;
    for (PackedLayer& layer : table.value()) {
        const std::size_t bytes = bias_bytes(layer) + scale_bytes(layer) + weight_bytes(layer);
        if (bytes > file.bytes - end) return cut_short();
        layer.offset = end;
        end += bytes;
    }
    if (end < file.bytes) return unfit_weights("go on behind their end");
    return table;
}

Result<Weights> unpack(const WeightsSource& file, const PackedLayer& layer) {
    const std::size_t size = kernel_size(layer);
    const std::size_t scales_at = layer.offset + bias_bytes(layer);
    const std::size_t weights_at = scales_at + scale_bytes(layer);
    Weights unpacked{.bias = floats_of(file.read(layer.offset, bias_bytes(layer))), .kernel = {}};
    if (layer.bits == 32) {
        unpacked.kernel = floats_of(file.read(weights_at, weight_bytes(layer)));
    } else {
        const std::vector<float> scales = floats_of(file.read(scales_at, scale_bytes(layer)));
        unpacked.kernel =
            levels_of(file.read(weights_at, weight_bytes(layer)), size * layer.outputs, layer.bits);
        for (std::size_t i = 0; i < unpacked.kernel.size(); ++i) {
            unpacked.kernel[i] *= scales[i / size];
        }
    }
    if (!all_finite(unpacked.bias) || !all_finite(unpacked.kernel)) {
        return unfit_weights("hold numbers that aren't finite");
    }
    return unpacked;
}

WeightsSource source_of(std::span<const std::uint8_t> file) {
    return {.bytes = file.size(), .read = [file](std::size_t offset, std::size_t count) {
                const auto part = file.subspan(offset, count);
                return std::vector<std::uint8_t>(part.begin(), part.end());
            }};
}

}  // namespace likeness::network
