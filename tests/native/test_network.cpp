#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "likeness/network.hpp"
#include "network/kernels.hpp"
#include "network/weights.hpp"
#include "support/catch.hpp"
#include "support/network.hpp"
#include "support/random.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

std::size_t index(int value) { return static_cast<std::size_t>(value); }

/// A picture of the plain network below: [channels][rows][columns].
struct Map {
    int channels;
    int rows;
    int columns;
    std::vector<float> values;

    [[nodiscard]] float at(int channel, int y, int x) const {
        if (y < 0 || y >= rows || x < 0 || x >= columns) return 0.0F;
        const std::size_t row = index(channel) * index(rows) + index(y);
        return values[row * index(columns) + index(x)];
    }
};

float activated(float sum, network::Activation activation) {
    if (activation != network::Activation::none) sum = std::max(sum, 0.0F);
    return activation == network::Activation::relu6 ? std::min(sum, 6.0F) : sum;
}

/// A convolution written down as it is defined; its sums have the order that the core promises.
Map convolve(const Map& input, const WeightsSource& file, const network::PackedLayer& layer) {
    const auto [bias, kernel] = network::unpack(file, layer).value();
    const int side = layer.kind == network::LayerKind::pointwise ? 1 : 3;
    const int stride = static_cast<int>(layer.stride);
    const bool depthwise = layer.kind == network::LayerKind::depthwise;
    const int inputs = depthwise ? 1 : input.channels;
    Map output{static_cast<int>(layer.outputs), input.rows / stride, input.columns / stride, {}};
    for (int channel = 0; channel < output.channels; ++channel) {
        for (int y = 0; y < output.rows; ++y) {
            for (int x = 0; x < output.columns; ++x) {
                float sum = bias[index(channel)];
                const float* weight = &kernel[index(channel) * index(inputs * side * side)];
                for (int i = 0; i < inputs; ++i) {
                    for (int tap_y = 0; tap_y < side; ++tap_y) {
                        for (int tap_x = 0; tap_x < side; ++tap_x) {
                            sum += input.at(depthwise ? channel : i, stride * y + tap_y - side / 2,
                                            stride * x + tap_x - side / 2) *
                                   *weight++;
                        }
                    }
                }
                output.values.push_back(activated(sum, layer.activation));
            }
        }
    }
    return output;
}

std::vector<float> plain_network(std::span<const std::uint8_t> file, Map map) {
    const WeightsSource source = network::source_of(file);
    const auto layers = network::read_layers(source).value();
    Map block_input = map;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (i % 3 == 0) block_input = map;
        map = convolve(map, source, layers[i]);
        if (!layers[i].adds_block_input) continue;
        for (std::size_t j = 0; j < map.values.size(); ++j) map.values[j] += block_input.values[j];
    }
    return map.values;
}

std::vector<float> random_input(Size size, std::uint32_t seed) {
    auto values = random_floats(3 * index(size.width) * index(size.height), seed);
    for (float& value : values) value = value * 4.0F - 2.0F;
    return values;
}

/// The kernels that this processor can run.
std::vector<const network::Kernels*> kernels_of_any_width() {
    std::vector<const network::Kernels*> all{&network::kernels_of_4_lanes()};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) all.push_back(&network::kernels_of_8_lanes());
#endif
    return all;
}

/// What is to become of the layer's output, all zeros before.
std::vector<float> plain_pointwise(const network::Pointwise& layer, std::size_t size) {
    std::vector<float> output(size);
    for (std::size_t pixel = 0; pixel < layer.pixels; ++pixel) {
        const float* input = layer.input + pixel * layer.inputs;
        const std::size_t place = pixel + pixel / layer.row * layer.gap;
        for (std::size_t channel = 0; channel < layer.outputs; ++channel) {
            const float* panel = layer.weights + channel / network::panel_width *
                                                     network::panel_width * layer.inputs;
            float sum = layer.bias[channel];
            for (std::size_t i = 0; i < layer.inputs; ++i) {
                sum += input[i] * panel[i * network::panel_width + channel % network::panel_width];
            }
            sum = std::clamp(sum, layer.bounds.least, layer.bounds.most);
            if (layer.addend != nullptr) sum += layer.addend[pixel * layer.outputs + channel];
            output[place * layer.outputs + channel] = sum;
        }
    }
    return output;
}

}  // namespace

TEST_CASE("Network: the same bits as convolutions written down as they are defined") {
    constexpr std::array sizes{Size{32, 32}, Size{64, 32}, Size{32, 96}, Size{224, 64}};
    std::uint32_t seed = 1;
    for (const Size& size : sizes) {
        const auto file = encode_network(small_network(), ++seed);
        const auto input = random_input(size, seed);
        const auto network = Network::load(file);
        REQUIRE(network);
        const auto features = network.value().run(input, size);
        REQUIRE(features);
        CHECK(features.value().channels == 40);
        CHECK(features.value().rows == size.height / 32);
        CHECK(features.value().columns == size.width / 32);
        CHECK(features.value().values == plain_network(file, {3, size.height, size.width, input}));
        CHECK(std::any_of(features.value().values.begin(), features.value().values.end(),
                          [](float value) { return value > 0.0F && value < 6.0F; }));
    }
}

TEST_CASE("Network: a second pass gives what the first one gave, on a copy of it, too") {
    auto loaded = Network::load(encode_network(small_network(), 7));
    REQUIRE(loaded);
    const Network network = std::move(loaded).value();
    const auto wide = random_input({96, 32}, 1);
    const auto high = random_input({32, 96}, 2);
    const auto first = network.run(wide, {96, 32}).value();
    CHECK(network.run(high, {32, 96}).value().values != first.values);
    CHECK(network.run(wide, {96, 32}).value().values == first.values);
    CHECK(network.channels() == 40);
    CHECK(network.bytes() > 10000);
}

TEST_CASE("Network: 1 × 1 convolutions by vectors of any width give the bits of plain sums") {
    constexpr std::size_t outputs = 40;
    // Few weights pass by each pixel all at once, many a few at a time.
    for (const std::size_t inputs : {26U, 200U}) {
        const auto weights = random_input({static_cast<int>(inputs), outputs}, 1);
        const auto bias = random_floats(outputs, 2);
        for (std::size_t pixels = 1; pixels < 40; ++pixels) {
            const auto input = random_floats(pixels * inputs, 3);
            const auto addend = random_floats(pixels * outputs, 4);
            std::vector<float> output((pixels + 2 * (pixels / 5)) * outputs);
            const network::Pointwise layer{.input = input.data(),
                                           .pixels = pixels,
                                           .inputs = inputs,
                                           .weights = weights.data(),
                                           .bias = bias.data(),
                                           .outputs = outputs,
                                           .output = output.data(),
                                           .row = 5,
                                           .gap = 2,
                                           .addend = pixels % 2 == 0 ? addend.data() : nullptr,
                                           .bounds = {-0.5F, 3.0F}};
            const auto expected = plain_pointwise(layer, output.size());
            for (const network::Kernels* kernels : kernels_of_any_width()) {
                std::fill(output.begin(), output.end(), 0.0F);
                kernels->pointwise(layer);
                CHECK(output == expected);
            }
        }
    }
}

TEST_CASE("Network: 3 × 3 convolutions by vectors of any width give the same bits") {
    constexpr std::size_t channels = 40;
    const auto weights = random_input({9, channels}, 1);
    const auto bias = random_floats(channels, 2);
    for (const std::size_t stride : {1U, 2U}) {
        for (std::size_t pixels = 1; pixels < 40; ++pixels) {
            const std::size_t row = (stride * pixels + 2) * channels;
            const auto rows = random_floats(3 * row, 5);
            std::vector<std::vector<float>> results;
            for (const network::Kernels* kernels : kernels_of_any_width()) {
                std::vector<float>& output = results.emplace_back(pixels * channels);
                kernels->depthwise({.rows = {rows.data(), rows.data() + row, rows.data() + 2 * row},
                                    .channels = channels,
                                    .stride = stride,
                                    .weights = weights.data(),
                                    .bias = bias.data(),
                                    .output = output.data(),
                                    .pixels = pixels,
                                    .bounds = {-0.5F, 3.0F}});
            }
            CHECK(results.front() == results.back());
        }
    }
}

TEST_CASE("Network: a whole pass with vectors of 4 numbers gives the bits of the widest ones") {
    const auto network = Network::load(encode_network(small_network(), 3));
    REQUIRE(network);
    const Size size{160, 96};
    const auto input = random_input(size, 4);
    const auto narrow = network.value().run_with(network::kernels_of_4_lanes(), input, size);
    REQUIRE(narrow);
    CHECK(narrow.value().values == network.value().run(input, size).value().values);
}

TEST_CASE("Network: inputs of other sides or lengths are refused") {
    const auto network = Network::load(encode_network(small_network(), 1));
    REQUIRE(network);
    const std::vector<float> input(3 * 64 * 64);
    for (const Size size :
         {Size{0, 64}, Size{-32, 64}, Size{48, 64}, Size{64, 33}, Size{32, 64}, Size{16416, 32}}) {
        const auto features = network.value().run(input, size);
        REQUIRE(!features);
        CHECK(features.error().code == ErrorCode::invalid_argument);
    }
    CHECK(network.value().run(input, {64, 64}));
}

TEST_CASE("Network: a file that ends too early, goes on or is none is refused at every length") {
    const auto file = encode_network(small_network(), 1);
    for (std::size_t length = 0; length < file.size(); ++length) {
        const auto network = Network::load(std::span(file).first(length));
        REQUIRE(!network);
        CHECK(network.error().code == ErrorCode::model_load_failed);
    }
    auto longer = file;
    longer.push_back(0);
    CHECK(!Network::load(longer));
    CHECK(Network::load(file));
}

TEST_CASE("Network: a changed description is refused, or is that of another MobileNetV2") {
    const auto file = encode_network(small_network(), 1);
    const std::size_t table = network_header_bytes + network_layer_bytes * small_network().size();
    const auto input = random_input({32, 32}, 1);
    for (std::size_t at = 0; at < table; ++at) {
        for (const int flip : {0x01, 0x02, 0x03, 0x10, 0x80, 0xFF}) {
            auto altered = file;
            altered[at] = static_cast<std::uint8_t>(altered[at] ^ flip);
            const auto network = Network::load(altered);
            if (!network) {
                CHECK(network.error().code == ErrorCode::model_load_failed);
            } else {
                CHECK(network.value().run(input, {32, 32}));
            }
        }
    }
}

TEST_CASE("Network: other networks than MobileNetV2 are refused") {
    const auto refused = [](auto change) {
        auto layers = small_network();
        change(layers);
        const auto network = Network::load(encode_network(layers, 1));
        return !network && network.error().code == ErrorCode::model_load_failed;
    };
    using Layers = std::vector<NetworkLayer>;
    CHECK(refused([](Layers& layers) { layers.clear(); }));
    CHECK(refused([](Layers& layers) { layers.resize(1); }));
    CHECK(refused([](Layers& layers) { layers.pop_back(); }));
    CHECK(refused([](Layers& layers) { layers[0].stride = 1; }));
    CHECK(refused([](Layers& layers) { layers[1].kind = 2; }));
    CHECK(refused([](Layers& layers) { layers[4].stride = 1; }));
    CHECK(refused([](Layers& layers) { layers[7].stride = 2; }));
    CHECK(refused([](Layers& layers) { layers[2].adds = 1; }));
    CHECK(refused([](Layers& layers) { layers[5].adds = 1; }));
    CHECK(refused([](Layers& layers) { layers[7].adds = 1; }));
    CHECK(refused([](Layers& layers) { layers[3].stride = 2; }));
    CHECK(refused([](Layers& layers) { layers[0].outputs = layers[1].inputs = 12; }));
    CHECK(refused([](Layers& layers) { layers.back().outputs = 8192; }));
    CHECK(refused([](Layers& layers) { layers.back().bits = 4; }));
}

TEST_CASE("Network: numbers that aren't finite are refused") {
    const auto file = encode_network(small_network(), 1);
    const std::size_t first_bias =
        network_header_bytes + network_layer_bytes * small_network().size();
    auto altered = file;
    for (std::size_t i = 0; i < 4; ++i) altered[first_bias + i] = 0xFF;
    const auto network = Network::load(altered);
    REQUIRE(!network);
    CHECK(network.error().code == ErrorCode::model_load_failed);
}
