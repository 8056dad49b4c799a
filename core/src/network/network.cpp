#include "likeness/network.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "message.hpp"
#include "network/kernels.hpp"
#include "network/weights.hpp"

namespace likeness {
namespace network {
namespace {

constexpr int most_pixels_of_side = 16384;

/// Numbers of the part of a picture that each of the first layer's sums sees.
constexpr std::size_t stem_inputs = 27;

/// Bytes that the rows between an inverted residual's layers may take: they stay in the cache.
constexpr std::size_t band_bytes = std::size_t{384} * 1024;

[[nodiscard]] Bounds bounds_of(Activation activation) noexcept {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    switch (activation) {
        case Activation::none:
            return {-infinity, infinity};
        case Activation::relu:
            return {0, infinity};
        case Activation::relu6:
            return {0, 6};
    }
    return {};
}

/// A 1 × 1 convolution as the kernels want it.
struct PointwiseLayer {
    std::size_t inputs;
    std::size_t outputs;
    std::vector<float> weights;  ///< [outputs / panel_width][inputs][panel_width]
    std::vector<float> bias;
    Bounds bounds;

    [[nodiscard]] Pointwise of(const float* input, std::size_t pixels,
                               float* output) const noexcept {
        return {.input = input,
                .pixels = pixels,
                .inputs = inputs,
                .weights = weights.data(),
                .bias = bias.data(),
                .outputs = outputs,
                .output = output,
                .row = pixels,
                .gap = 0,
                .addend = nullptr,
                .bounds = bounds};
    }
};

/// A 3 × 3 convolution of each channel by itself.
struct DepthwiseLayer {
    std::size_t channels;
    std::size_t stride;
    std::vector<float> weights;  ///< [3][3][channels]
    std::vector<float> bias;
    Bounds bounds;
};

/// An inverted residual: more channels, a look at the neighbours, fewer channels again.
struct Block {
    PointwiseLayer expand;  ///< In the first block the stem, whose inputs are parts of the picture.
    DepthwiseLayer filter;
    PointwiseLayer project;
    bool adds_input;
};

Result<PointwiseLayer> pointwise_of(const WeightsSource& file, const PackedLayer& packed) {
    auto unpacked = unpack(file, packed);
    if (!unpacked) return std::move(unpacked).error();
    auto& [bias, kernel] = unpacked.value();
    const std::size_t inputs = kernel.size() / packed.outputs;
    PointwiseLayer layer{.inputs = inputs,
                         .outputs = packed.outputs,
                         .weights = std::vector<float>(kernel.size()),
                         .bias = std::move(bias),
                         .bounds = bounds_of(packed.activation)};
    for (std::size_t output = 0; output < packed.outputs; ++output) {
        float* panel = &layer.weights[output / panel_width * panel_width * inputs];
        for (std::size_t input = 0; input < inputs; ++input) {
            panel[input * panel_width + output % panel_width] = kernel[output * inputs + input];
        }
    }
    return layer;
}

Result<DepthwiseLayer> depthwise_of(const WeightsSource& file, const PackedLayer& packed) {
    auto unpacked = unpack(file, packed);
    if (!unpacked) return std::move(unpacked).error();
    auto& [bias, kernel] = unpacked.value();
    constexpr std::size_t taps = 9;
    DepthwiseLayer layer{.channels = packed.outputs,
                         .stride = packed.stride,
                         .weights = std::vector<float>(kernel.size()),
                         .bias = std::move(bias),
                         .bounds = bounds_of(packed.activation)};
    for (std::size_t channel = 0; channel < layer.channels; ++channel) {
        for (std::size_t tap = 0; tap < taps; ++tap) {
            layer.weights[tap * layer.channels + channel] = kernel[channel * taps + tap];
        }
    }
    return layer;
}

/// @param layers expand (or stem), depthwise, project
/// @param inputs of the block, in channels
Result<Block> block_of(const WeightsSource& file, std::span<const PackedLayer, 3> layers,
                       std::size_t inputs) {
    const PackedLayer& first = layers[0];
    const PackedLayer& second = layers[1];
    const PackedLayer& third = layers[2];
    const bool stem = first.kind == LayerKind::stem;
    if (second.kind != LayerKind::depthwise || third.kind != LayerKind::pointwise ||
        (stem ? first.stride != 2 : first.stride != 1) || third.stride != 1 ||
        first.adds_block_input || second.adds_block_input ||
        (third.adds_block_input && (stem || second.stride != 1 || third.outputs != inputs))) {
        return unfit_weights("are of another kind of network than MobileNetV2");
    }
    auto expand = pointwise_of(file, first);
    if (!expand) return std::move(expand).error();
    auto filter = depthwise_of(file, second);
    if (!filter) return std::move(filter).error();
    auto project = pointwise_of(file, third);
    if (!project) return std::move(project).error();
    return Block{.expand = std::move(expand).value(),
                 .filter = std::move(filter).value(),
                 .project = std::move(project).value(),
                 .adds_input = third.adds_block_input};
}

/// Numbers that are all written before they are read: clearing them first would take time.
using Scratch = std::unique_ptr<float[]>;

[[nodiscard]] Scratch scratch(std::size_t count) { return Scratch(new float[count]); }

/// Rows × columns of pixels in one piece, their channels side by side.
struct Plane {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t channels = 0;
    Scratch values;

    [[nodiscard]] std::size_t row_length() const noexcept { return columns * channels; }
    [[nodiscard]] std::size_t pixels() const noexcept { return rows * columns; }
    [[nodiscard]] const float* row(std::size_t y) const noexcept {
        return values.get() + y * row_length();
    }
    [[nodiscard]] float* row(std::size_t y) noexcept { return values.get() + y * row_length(); }
};

/// A network's input, [3][height][width].
struct Picture {
    const float* values;
    std::size_t height;
    std::size_t width;
};

/// The 3 × 3 pixels that each sum of the stem sees in row `y` of its output: for each output pixel
/// `stem_inputs` numbers, in the order of the stem's weights. Those beyond the border are left as
/// they are: `gathered` is all zeros to begin with, and rows are asked for from the top down.
void gather_stem_row(const Picture& picture, std::size_t y, std::span<float> gathered) noexcept {
    const std::size_t columns = picture.width / 2;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t tap_y = 0; tap_y < 3; ++tap_y) {
            if (2 * y + tap_y < 1) continue;
            const float* row =
                picture.values + (channel * picture.height + 2 * y + tap_y - 1) * picture.width;
            float* target = gathered.data() + (channel * 3 + tap_y) * 3;
            for (std::size_t x = 0; x < columns; ++x) {
                if (x > 0) target[0] = row[-1];
                target[1] = row[0];
                target[2] = row[1];
                row += 2;
                target += stem_inputs;
            }
        }
    }
}

/// Makes rows of what a block's depthwise layer sees, when they are needed.
class RowSource {
public:
    /// @param picture given for the first block, whose rows are the stem's; `input` for all others
    RowSource(const Kernels& kernels, const Block& block, const Plane* input,
              const Picture* picture)
        : kernels_(kernels),
          block_(block),
          input_(input),
          picture_(picture),
          rows_(picture != nullptr ? picture->height / 2 : input->rows),
          columns_(picture != nullptr ? picture->width / 2 : input->columns),
          gathered_(picture != nullptr ? columns_ * stem_inputs : 0) {}

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

    /// Rows from `y` on; each begins and ends with a pixel that is left as it is.
    void make(std::size_t y, std::size_t count, float* target) noexcept {
        const PointwiseLayer& layer = block_.expand;
        float* first_pixel = target + layer.outputs;
        if (picture_ == nullptr) {
            Pointwise all = layer.of(input_->row(y), count * columns_, first_pixel);
            all.row = columns_;
            all.gap = 2;
            kernels_.pointwise(all);
            return;
        }
        for (std::size_t i = 0; i < count; ++i) {
            gather_stem_row(*picture_, y + i, gathered_);
            const std::size_t row_length = (columns_ + 2) * layer.outputs;
            kernels_.pointwise(layer.of(gathered_.data(), columns_, first_pixel + i * row_length));
        }
    }

private:
    const Kernels& kernels_;
    const Block& block_;
    const Plane* input_;
    const Picture* picture_;
    std::size_t rows_;
    std::size_t columns_;
    std::vector<float> gathered_;
};

/// The last few rows of a source, with a border of zeros.
class RowWindow {
public:
    RowWindow(RowSource& source, std::size_t channels, std::size_t capacity)
        : source_(source),
          row_length_((source.columns() + 2) * channels),
          capacity_(capacity),
          rows_(scratch(capacity * row_length_)),
          zeros_(row_length_) {
        for (std::size_t slot = 0; slot < capacity; ++slot) {
            float* row = rows_.get() + slot * row_length_;
            std::fill_n(row, channels, 0.0F);
            std::fill_n(row + row_length_ - channels, channels, 0.0F);
        }
    }

    /// Makes rows up to `end`. The window then holds as many before it as it has room for.
    void make_up_to(std::size_t end) noexcept {
        while (made_ < end) {
            const std::size_t slot = made_ % capacity_;
            const std::size_t count = std::min(end - made_, capacity_ - slot);
            source_.make(made_, count, rows_.get() + slot * row_length_);
            made_ += count;
        }
    }

    /// Row y - 1: zeros above the first and below the last one.
    [[nodiscard]] const float* row_above(std::size_t y) const noexcept {
        if (y == 0 || y > source_.rows()) return zeros_.data();
        return rows_.get() + (y - 1) % capacity_ * row_length_;
    }

private:
    RowSource& source_;
    std::size_t row_length_;
    std::size_t capacity_;
    Scratch rows_;
    std::vector<float> zeros_;
    std::size_t made_ = 0;
};

/// How many rows of a block's output are worked at a time.
[[nodiscard]] std::size_t rows_of_band(const Block& block, std::size_t columns,
                                       std::size_t output_rows) noexcept {
    const std::size_t channels = block.filter.channels;
    const std::size_t stride = block.filter.stride;
    const std::size_t input_row = (columns + 2) * channels * sizeof(float);
    const std::size_t output_row = columns / stride * channels * sizeof(float);
    const std::size_t each = stride * input_row + output_row;
    const std::size_t room = band_bytes - std::min(band_bytes, 2 * input_row);
    return std::clamp<std::size_t>(room / each, 1, output_rows);
}

/// A band of rows at a time, so that what lies between the layers never leaves the cache.
Plane run_block(const Kernels& kernels, const Block& block, RowSource source, const Plane* input) {
    const std::size_t stride = block.filter.stride;
    const std::size_t channels = block.filter.channels;
    Plane output{.rows = source.rows() / stride,
                 .columns = source.columns() / stride,
                 .channels = block.project.outputs,
                 .values = {}};
    output.values = scratch(output.pixels() * output.channels);
    const std::size_t band = rows_of_band(block, source.columns(), output.rows);
    RowWindow window(source, channels, stride * band + 3 - stride);
    const Scratch filtered = scratch(band * output.columns * channels);
    for (std::size_t y = 0; y < output.rows; y += band) {
        const std::size_t rows = std::min(band, output.rows - y);
        window.make_up_to(std::min(stride * (y + rows - 1) + 2, source.rows()));
        for (std::size_t i = 0; i < rows; ++i) {
            const std::size_t above = stride * (y + i);
            kernels.depthwise({.rows = {window.row_above(above), window.row_above(above + 1),
                                        window.row_above(above + 2)},
                               .channels = channels,
                               .stride = stride,
                               .weights = block.filter.weights.data(),
                               .bias = block.filter.bias.data(),
                               .output = filtered.get() + i * output.columns * channels,
                               .pixels = output.columns,
                               .bounds = block.filter.bounds});
        }
        Pointwise project = block.project.of(filtered.get(), rows * output.columns, output.row(y));
        if (block.adds_input) project.addend = input->row(y);
        kernels.pointwise(project);
    }
    return output;
}

}  // namespace
}  // namespace network

struct Network::Layers {
    std::vector<network::Block> blocks;
    network::PointwiseLayer head;
};

Network::Network(std::unique_ptr<const Layers> layers) noexcept : layers_(std::move(layers)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Result<Network> Network::load(std::span<const std::uint8_t> file) {
    return load(network::source_of(file));
}

Result<Network> Network::load(const WeightsSource& file) {
    const auto packed = network::read_layers(file);
    if (!packed) return packed.error();
    const std::span<const network::PackedLayer> layers = packed.value();
    std::size_t reduction = 1;
    for (const network::PackedLayer& layer : layers) {
        if (reduction <= stride) reduction *= layer.stride;
    }
    constexpr std::size_t layers_of_block = 3;
    if (layers.size() < 1 + layers_of_block || layers.size() % layers_of_block != 1 ||
        layers.back().kind != network::LayerKind::pointwise || layers.back().stride != 1 ||
        layers.back().adds_block_input || reduction != stride) {
        return network::unfit_weights("are of another kind of network than MobileNetV2");
    }
    auto made = std::make_unique<Layers>();
    for (std::size_t i = 0; i + 1 < layers.size(); i += layers_of_block) {
        auto block =
            network::block_of(file, layers.subspan(i).first<layers_of_block>(), layers[i].inputs);
        if (!block) return std::move(block).error();
        made->blocks.push_back(std::move(block).value());
    }
    auto head = network::pointwise_of(file, layers.back());
    if (!head) return std::move(head).error();
    made->head = std::move(head).value();
    return Network(std::move(made));
}

Result<FeatureMap> Network::run(std::span<const float> input, Size size) const {
    return run_with(network::kernels(), input, size);
}

Result<FeatureMap> Network::run_with(const network::Kernels& kernels, std::span<const float> input,
                                     Size size) const {
    const auto sound = [](int side) {
        return side > 0 && side <= network::most_pixels_of_side && side % stride == 0;
    };
    if (!sound(size.width) || !sound(size.height)) {
        return Error{ErrorCode::invalid_argument,
                     message({"a network's input has sides that are multiples of ", stride,
                              " up to ", network::most_pixels_of_side})};
    }
    const network::Picture picture{.values = input.data(),
                                   .height = static_cast<std::size_t>(size.height),
                                   .width = static_cast<std::size_t>(size.width)};
    if (input.size() != 3 * picture.height * picture.width) {
        return Error{ErrorCode::invalid_argument,
                     "a network's input has 3 numbers a pixel, one channel after the other"};
    }
    network::Plane plane;
    for (const network::Block& block : layers_->blocks) {
        const bool first = &block == layers_->blocks.data();
        const network::RowSource source(kernels, block, first ? nullptr : &plane,
                                        first ? &picture : nullptr);
        plane = network::run_block(kernels, block, source, &plane);
    }
    const network::PointwiseLayer& head = layers_->head;
    const std::size_t cells = plane.pixels();
    const network::Scratch features = network::scratch(cells * head.outputs);
    kernels.pointwise(head.of(plane.row(0), cells, features.get()));
    FeatureMap map{.channels = channels(),
                   .rows = static_cast<int>(plane.rows),
                   .columns = static_cast<int>(plane.columns),
                   .values = std::vector<float>(cells * head.outputs)};
    for (std::size_t cell = 0; cell < cells; ++cell) {
        for (std::size_t channel = 0; channel < head.outputs; ++channel) {
            map.values[channel * cells + cell] = features[cell * head.outputs + channel];
        }
    }
    return map;
}

int Network::channels() const noexcept { return static_cast<int>(layers_->head.outputs); }

std::size_t Network::bytes() const noexcept {
    const auto floats = [](const auto& layer) { return layer.weights.size() + layer.bias.size(); };
    std::size_t sum = floats(layers_->head);
    for (const network::Block& block : layers_->blocks) {
        sum += floats(block.expand) + floats(block.filter) + floats(block.project);
    }
    return sum * sizeof(float);
}

}  // namespace likeness
