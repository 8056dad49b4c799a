/// @file
/// Any bytes as a network's weights: refused, or a network that runs.
#include "likeness/network.hpp"

#include "support.hpp"

using namespace likeness;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto network = Network::load({data, size});
    if (!network) {
        require(network.error().code == ErrorCode::model_load_failed,
                "weights are refused as such");
        return 0;
    }
    const Size input{64, 32};
    const std::vector<float> pixels(3 * 64 * 32, 0.5F);
    const auto features = network.value().run(pixels, input);
    require(features.has_value(), "a network that loads runs");
    const FeatureMap& map = features.value();
    require(map.columns == 2 && map.rows == 1, "a cell for 32 x 32 pixels");
    require(map.values.size() == 2 * static_cast<std::size_t>(map.channels), "all channels");
    require(network.value().run(pixels, input).value().values.size() == map.values.size(),
            "it runs again");
    return 0;
}
