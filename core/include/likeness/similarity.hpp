/// @file
/// Cosine similarity of embeddings.
#pragma once

#include <span>

#include "likeness/embedding.hpp"
#include "likeness/error.hpp"

namespace likeness {

/// a·b / sqrt(a·a · b·b) in [-1, 1], exactly 1 for equal vectors. Sums are made in double in an
/// order that depends on nothing but the length. `invalid-argument` for different or zero lengths
/// and for values that aren't finite; `zero-embedding` where a vector is all zeros.
Result<double> cosine_similarity(std::span<const float> a, std::span<const float> b);

/// The same for embeddings; `model-mismatch` where they come from different models or weights.
Result<double> cosine_similarity(const Embedding& a, const Embedding& b);

}  // namespace likeness
