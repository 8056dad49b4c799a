/// @file
/// The resize written plainly: one loop for each direction, the whole picture at once, no vectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "likeness/image.hpp"

namespace likeness::test {

/// Pillow's bilinear weights for one target pixel, in 22-bit fixed point.
struct ScalarFilter {
    int begin;
    std::vector<std::int32_t> weights;

    ScalarFilter(int source, int target, int position) {
        const double scale = static_cast<double>(source) / target;
        const double support = std::max(scale, 1.0);
        const double center = (position + 0.5) * scale;
        begin = std::max(0, static_cast<int>(center - support + 0.5));
        const int end = std::min(source, static_cast<int>(center + support + 0.5));
        std::vector<double> shares;
        double sum = 0.0;
        for (int x = begin; x < end; ++x) {
            const double distance = std::fabs((x - center + 0.5) * (1.0 / support));
            shares.push_back(std::max(0.0, 1.0 - distance));
            sum += shares.back();
        }
        for (const double share : shares) {
            weights.push_back(static_cast<std::int32_t>(0.5 + share / sum * (1 << 22)));
        }
    }

    /// `step` bytes lie between neighbouring values of the filtered direction.
    [[nodiscard]] std::uint8_t apply(const std::uint8_t* values, std::size_t step) const {
        std::int64_t sum = 1 << 21;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            sum += std::int64_t{weights[i]} * values[(static_cast<std::size_t>(begin) + i) * step];
        }
        return static_cast<std::uint8_t>(std::min<std::int64_t>(sum >> 22, 255));
    }
};

/// `window` of the RGB picture resized to `target`.
inline std::vector<std::uint8_t> scalar_resample(const std::vector<std::uint8_t>& rgb, Size source,
                                                 Size target, Region window) {
    const auto columns = static_cast<std::size_t>(window.width);
    const auto source_columns = static_cast<std::size_t>(source.width);
    const auto source_rows = static_cast<std::size_t>(source.height);

    std::vector<std::uint8_t> squeezed(source_rows * columns * 3);
    for (std::size_t x = 0; x < columns; ++x) {
        const ScalarFilter filter(source.width, target.width, window.x + static_cast<int>(x));
        for (std::size_t y = 0; y < source_rows; ++y) {
            for (std::size_t channel = 0; channel < 3; ++channel) {
                squeezed[(y * columns + x) * 3 + channel] =
                    filter.apply(rgb.data() + y * source_columns * 3 + channel, 3);
            }
        }
    }
    std::vector<std::uint8_t> result(static_cast<std::size_t>(window.height) * columns * 3);
    for (std::size_t y = 0; y < static_cast<std::size_t>(window.height); ++y) {
        const ScalarFilter filter(source.height, target.height, window.y + static_cast<int>(y));
        for (std::size_t i = 0; i < columns * 3; ++i) {
            result[y * columns * 3 + i] = filter.apply(squeezed.data() + i, columns * 3);
        }
    }
    return result;
}

}  // namespace likeness::test
