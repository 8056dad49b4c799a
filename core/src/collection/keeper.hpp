/// @file
/// Which of two copies is the better one, and whether it may stand in for the other.
#pragma once

#include "likeness/collection.hpp"

namespace likeness::collection {

/// What a picture is judged by, beside what a proof says.
struct Standing {
    std::size_t item;
    FileFacts file;
    bool bordered;     ///< Its borders are of one colour.
    int oversampling;  ///< See SketchFeatures::oversampling.
};

/// Whether a is better than b, for the reasons that Collection::groups() names; for two pictures
/// one is always better. The proof is that of the pair as it stands here.
[[nodiscard]] bool is_better(const Standing& a, const Standing& b, const CopyProof& proof) noexcept;

/// Whether all that b shows is to be seen in a, nearly as finely.
[[nodiscard]] bool stands_in(const Standing& a, const Standing& b, const CopyProof& proof) noexcept;

/// The same pair, seen from the other picture.
[[nodiscard]] CopyProof swapped(const CopyProof& proof) noexcept;

}  // namespace likeness::collection
