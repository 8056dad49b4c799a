/// @file
/// models/manifest.json as C++.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "likeness/embedding.hpp"
#include "likeness/preprocess.hpp"

namespace likeness {

/// An entry of the manifest, under the names that it has there.
struct KnownModel {
    std::string id;
    std::string weights_version;
    View view;
    Pooling pooling;
    int size;        ///< `input.size`
    int whole_size;  ///< `input.wholeSize`; `size` where there is none.
    int resize;
    int cells;  ///< `output.cells`: a square number.
    std::array<double, 3> mean;
    std::array<double, 3> std;
    int dimension;
    std::vector<double> mean_embedding;  ///< Empty where there is none.
    std::vector<double> cosine;          ///< Of `calibration`, as all that follows.
    std::vector<double> score;
    std::vector<double> probability;
    double similar;
};

/// In the manifest's order. cmake/KnownModels.cmake writes it.
[[nodiscard]] std::vector<KnownModel> known_models();

}  // namespace likeness
