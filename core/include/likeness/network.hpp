/// @file
/// MobileNetV2 (Sandler et al. 2018) of any width, up to its feature map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"

namespace likeness {
namespace network {
struct Kernels;
}

/// A file of weights, wherever it is.
struct WeightsSource {
    std::size_t bytes = 0;
    /// Gives `count` bytes from `offset` on, which lie in the file.
    std::function<std::vector<std::uint8_t>(std::size_t offset, std::size_t count)> read;
};

/// What a network sees in a picture, cell by cell, before pooling.
struct FeatureMap {
    int channels = 0;
    int rows = 0;
    int columns = 0;
    std::vector<float> values;  ///< [channels][rows][columns]
};

/// A loaded network. Forward passes leave it as it is, so threads may share one.
///
/// Every number that it computes is one sum in a fixed order, with a rounding after each product
/// and each addition: native code, with vectors of any width, and WebAssembly give the same bits.
class Network {
public:
    /// Pixels of the input, along either side, for a cell of the feature map.
    static constexpr int stride = 32;

    /// @param file what `image-likeness models weights` makes of an ONNX file; its format is in
    ///   network/weights.hpp. It is not needed afterwards.
    /// `model-load-failed` where it is no such file, is damaged, or holds another kind of network.
    static Result<Network> load(std::span<const std::uint8_t> file);

    /// The same where the file is not in memory: a part of it at a time is, as large as a layer.
    static Result<Network> load(const WeightsSource& file);

    Network(Network&&) noexcept;
    Network& operator=(Network&&) noexcept;
    ~Network();

    /// One forward pass.
    /// @param input [3][height][width], as Preprocessor::finish() makes it
    /// @param size its sides: multiples of `stride`, up to 16384 pixels
    /// `invalid-argument` for other sides, or where `input` has another length.
    [[nodiscard]] Result<FeatureMap> run(std::span<const float> input, Size size) const;

    /// The same with vectors of one width, for measurements and tests of this library: run() takes
    /// the widest that the processor has.
    [[nodiscard]] Result<FeatureMap> run_with(const network::Kernels& kernels,
                                              std::span<const float> input, Size size) const;

    /// Channels of the feature map: the length of an embedding.
    [[nodiscard]] int channels() const noexcept;

    /// Bytes of the weights in memory.
    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    struct Layers;
    explicit Network(std::unique_ptr<const Layers> layers) noexcept;

    std::unique_ptr<const Layers> layers_;
};

}  // namespace likeness
