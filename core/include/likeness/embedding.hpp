/// @file
/// Embeddings: pooled feature maps.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "likeness/error.hpp"

namespace likeness {

/// A pooled, un-normalised feature vector and the model that made it.
struct Embedding {
    /// "<id>@<weights version>/<view>", and "+energy" for Pooling::energy; only equal ones compare.
    std::string model;
    std::vector<float> vector;
};

/// What part each cell of a feature map has in the embedding.
enum class Pooling {
    mean,    ///< The same for all.
    energy,  ///< In proportion to the square of the cell's energy, which is the sum of its squares:
             ///< a subject counts for more than the plain ground around it.
};

/// Multiplies the cells of a [channels][cells] feature map by their weights of Pooling::energy,
/// which are 1 on average: pooled, it is the weighted mean. Sums run in double, over the channels
/// and then over the cells; results are rounded to float once. A map of zeros, or with a value that
/// isn't finite, stays as it is. `invalid-argument` for counts below 1 or a map of another length.
Status weigh_cells(std::span<float> feature_map, int channels, int cells);

/// Mean over the cells of each channel of a [channels][cells] feature map (for a square and
/// MobileNetV2: 1280 and 7 × 7 = 49). Sums run from the first cell to the last in double, rounded
/// to float once. `invalid-argument` for counts below 1 or a map of another length.
Result<std::vector<float>> global_average_pool(std::span<const float> feature_map, int channels,
                                               int cells);

/// Centres a [channels][cells] feature map on a model's `mean` embedding: every cell is divided by
/// the length of the pooled vector, then the mean is subtracted (one number for each channel, the
/// mean of vectors of length 1). Pooled, the result is the image's unit vector minus the mean, so
/// cosines and match maps of such maps are centred. With one cell it centres an embedding. Sums run
/// over the channels in double, results are rounded to float once. `invalid-argument` for counts
/// below 1, lengths that don't fit and values that aren't finite; `zero-embedding` where the pooled
/// vector is zero.
Result<std::vector<float>> centre(std::span<const float> feature_map, int channels, int cells,
                                  std::span<const float> mean);

}  // namespace likeness
