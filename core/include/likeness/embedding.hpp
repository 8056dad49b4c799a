/// @file
/// A picture as a point: the pooled feature map.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "likeness/error.hpp"

namespace likeness {

/// A pooled, un-normalised feature vector and the model that made it.
struct Embedding {
    std::string model;  ///< "<id>@<weights version>"; only equal ones compare.
    std::vector<float> vector;
};

/// Mean over the cells of each channel of a [channels][cells] feature map (for MobileNetV2: 1280
/// and 7 × 7 = 49). Sums run from the first cell to the last in double, rounded to float once.
/// `invalid-argument` for counts below 1 or a map of another length.
Result<std::vector<float>> global_average_pool(std::span<const float> feature_map, int channels,
                                               int cells);

}  // namespace likeness
