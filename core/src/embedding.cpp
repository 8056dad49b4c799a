#include "likeness/embedding.hpp"

#include <cstddef>

namespace likeness {

Result<std::vector<float>> global_average_pool(std::span<const float> feature_map, int channels,
                                               int cells) {
    if (channels < 1 || cells < 1) {
        return Error{ErrorCode::invalid_argument,
                     "a feature map has at least one channel and one cell"};
    }
    const auto channel_count = static_cast<std::size_t>(channels);
    const auto cell_count = static_cast<std::size_t>(cells);
    if (feature_map.size() % cell_count != 0 || feature_map.size() / cell_count != channel_count) {
        return Error{ErrorCode::invalid_argument,
                     "a feature map of " + std::to_string(feature_map.size()) + " values isn't " +
                         std::to_string(channels) + " channels of " + std::to_string(cells) +
                         " cells"};
    }

    std::vector<float> pooled(channel_count);
    for (std::size_t channel = 0; channel < channel_count; ++channel) {
        double sum = 0.0;
        for (const float value : feature_map.subspan(channel * cell_count, cell_count)) {
            sum += value;
        }
        pooled[channel] = static_cast<float>(sum / cells);
    }
    return pooled;
}

}  // namespace likeness
