#include "likeness/embedding.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "all_finite.hpp"
#include "message.hpp"

namespace likeness {
namespace {

Status check_shape(std::span<const float> feature_map, int channels, int cells) {
    if (channels < 1 || cells < 1) {
        return Error{ErrorCode::invalid_argument,
                     "a feature map has at least one channel and one cell"};
    }
    const auto channel_count = static_cast<std::size_t>(channels);
    const auto cell_count = static_cast<std::size_t>(cells);
    if (feature_map.size() % cell_count != 0 || feature_map.size() / cell_count != channel_count) {
        return Error{ErrorCode::invalid_argument,
                     message({"a feature map of ", feature_map.size(), " values isn't ", channels,
                              " channels of ", cells, " cells"})};
    }
    return {};
}

/// From the first to the last.
double mean_of(std::span<const float> values) noexcept {
    double sum = 0.0;
    for (const float value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

}  // namespace

Status weigh_cells(std::span<float> feature_map, int channels, int cells) {
    if (auto status = check_shape(feature_map, channels, cells); !status) return status;
    const auto cell_count = static_cast<std::size_t>(cells);
    std::vector<double> weights(cell_count);
    double sum = 0.0;
    for (std::size_t cell = 0; cell < cell_count; ++cell) {
        double energy = 0.0;
        for (std::size_t i = cell; i < feature_map.size(); i += cell_count) {
            energy += double{feature_map[i]} * double{feature_map[i]};
        }
        weights[cell] = energy * energy;
        sum += weights[cell];
    }
    if (sum == 0.0 || !std::isfinite(sum)) return {};
    for (std::size_t i = 0; i < feature_map.size(); ++i) {
        const double weight = weights[i % cell_count] * cells / sum;
        feature_map[i] = static_cast<float>(feature_map[i] * weight);
    }
    return {};
}

Result<std::vector<float>> global_average_pool(std::span<const float> feature_map, int channels,
                                               int cells) {
    if (auto status = check_shape(feature_map, channels, cells); !status) {
        return std::move(status).error();
    }
    const auto cell_count = static_cast<std::size_t>(cells);
    std::vector<float> pooled(static_cast<std::size_t>(channels));
    for (std::size_t channel = 0; channel < pooled.size(); ++channel) {
        pooled[channel] =
            static_cast<float>(mean_of(feature_map.subspan(channel * cell_count, cell_count)));
    }
    return pooled;
}

Result<std::vector<float>> centre(std::span<const float> feature_map, int channels, int cells,
                                  std::span<const float> mean) {
    if (auto status = check_shape(feature_map, channels, cells); !status) {
        return std::move(status).error();
    }
    const auto channel_count = static_cast<std::size_t>(channels);
    const auto cell_count = static_cast<std::size_t>(cells);
    if (mean.size() != channel_count) {
        return Error{ErrorCode::invalid_argument,
                     message({"a mean embedding of ", mean.size(), " values doesn't fit ", channels,
                              " channels"})};
    }
    if (!all_finite(feature_map) || !all_finite(mean)) {
        return Error{ErrorCode::invalid_argument,
                     "a feature map or a mean embedding holds a value that isn't a finite number"};
    }

    double square = 0.0;
    for (std::size_t channel = 0; channel < channel_count; ++channel) {
        const double pooled = mean_of(feature_map.subspan(channel * cell_count, cell_count));
        square += pooled * pooled;
    }
    if (square == 0.0) {
        return Error{ErrorCode::zero_embedding,
                     "an embedding of zeros has no direction: the image gave the model nothing"};
    }
    const double length = std::sqrt(square);
    std::vector<float> centred(feature_map.size());
    for (std::size_t i = 0; i < centred.size(); ++i) {
        centred[i] = static_cast<float>(feature_map[i] / length - mean[i / cell_count]);
    }
    return centred;
}

}  // namespace likeness
