/// @file
/// How much each cell of two images contributes to the cosine of their embeddings.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"

namespace likeness {

/// An exact decomposition. An embedding is the mean of its feature map's cells, weighed where the
/// model says so (weigh_cells()), so the cosine of two embeddings is a sum over pairs of cells:
/// with cell vectors a_i and b_j, m and n cells and pooled vectors A and B,
///
///     cos(A, B) = Σ_i Σ_j term_ij,  term_ij = a_i · b_j / (m n |A| |B|)
///
/// Nothing is approximated and no gradients are needed. Images of two shapes have different
/// numbers of cells; those of each are numbered by rows from the top.
struct MatchMap {
    /// What `a`, `b` and `terms` each add up to: the pooled vectors' cosine. Pooled vectors aren't
    /// rounded to float here, so it may differ from cosine_similarity's in the eighth digit.
    double cosine = 0.0;

    std::vector<double> a;  ///< Contribution of each cell of a: sums over rows of the terms.
    std::vector<double> b;  ///< Of each cell of b: sums over columns.

    std::vector<float> terms;  ///< m × n; row i is of a's cell i, column j of b's cell j.
};

/// The decomposition for two feature maps of `channels` each, [channels][m] and [channels][n] (for
/// a square image and MobileNetV2: 1280 and 7 × 7 = 49). Sums are made in double in a fixed
/// order. `invalid-argument` for counts below 1, lengths that don't fit and values that aren't
/// finite; `zero-embedding` where a pooled vector is zero.
Result<MatchMap> match_map(std::span<const float> a, std::span<const float> b, int channels);

/// A cell of a and one of b, and their term.
struct CellPair {
    std::size_t a;
    std::size_t b;
    float term;

    bool operator==(const CellPair&) const = default;
};

/// The `count` pairs with the largest terms (all of them where there are fewer), largest first; of
/// equal ones the lower cell of a, then of b.
[[nodiscard]] std::vector<CellPair> strongest_pairs(const MatchMap& map, std::size_t count);

/// The contributions of a grid of cells as `drawn` values in [0, 1] for drawing: smallest value 0,
/// largest 1, bilinear in between with the values in the middle of their cells, constant outside of
/// those. All 0 where all values are equal. `invalid-argument` for sides below 1, another number of
/// values and values that aren't finite; `image-too-large` for sides above 4096.
Result<std::vector<float>> heat_map(std::span<const double> contributions, Size grid, Size drawn);

}  // namespace likeness
