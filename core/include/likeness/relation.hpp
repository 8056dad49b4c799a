/// @file
/// How two pictures are related as pixels: the same, turned, grey, cropped; and near-duplicates.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/fingerprint.hpp"
#include "likeness/orientation.hpp"

namespace likeness {

/// How a picture b was made from a picture a: first mirrored left to right, or not; then turned
/// clockwise.
struct Turn {
    bool mirrored = false;
    int degrees = 0;  ///< Clockwise: 0, 90, 180 or 270.

    bool operator==(const Turn&) const = default;
};

/// The turn that `orientation` undoes: what was done to a to make b, where b turned by
/// `orientation` (see orient()) is a.
[[nodiscard]] Turn undone_turn(Orientation orientation) noexcept;

/// How far b, turned by `orientation`, is from a: Hamming distances of 64-bit hashes. Each picture
/// has two lumas, without borders and with them; the distances are those of the closest two (by
/// their sum), because a border that one of the pictures lacks may be trimmed, or not.
struct OrientationDistance {
    Orientation orientation;
    int dct;
    int gradient;
};

/// What the fingerprints of a and b say about how the one was made from the other.
struct RelationEvidence {
    bool same_pixels = false;  ///< Equal sizes and digests.

    std::vector<OrientationDistance> candidates;  ///< One for each asked for, in that order.

    /// The one with the smallest sum of distances, of equal ones the first; but the very first
    /// where only that one explains the pair as a crop.
    std::size_t best_candidate = 0;

    bool greyscale = false;  ///< Exactly one of the two is grey.
    bool cropped = false;    ///< One shows a window of the other. See compare_fingerprints.

    /// Pearson's correlation of a's luma and b's, turned by the best candidate; the largest of
    /// those with and without borders. 0 where one of the pictures is uniform.
    double full_correlation = 0.0;

    /// The largest correlation of one's luma and a window of the other's; full_correlation where no
    /// window was better.
    double window_correlation = 0.0;

    [[nodiscard]] const OrientationDistance& best() const noexcept {
        return candidates[best_candidate];
    }
};

/// Compares a with b turned by each of the `candidates`; everything but the hashes with the best of
/// them only.
///
/// Windows have sides of 70 % to 97 % of the picture's, borders included; the ratio of their two
/// sides follows from the two pictures' aspect ratios (so that one side may also be whole). Offsets
/// and sizes are searched on a grid of 12 × 12 samples, then refined around the best with 24 × 24.
/// `cropped` means: window_correlation is at least 0.9, by 0.02 more than full_correlation, and
/// leaves at most half of what that leaves to 1.
///
/// `invalid-argument` for no candidates, or for a fingerprint whose lumas aren't squares of
/// Fingerprint::luma_side or whose size isn't at least 1 × 1.
Result<RelationEvidence> compare_fingerprints(const Fingerprint& a, const Fingerprint& b,
                                              std::span<const Orientation> candidates);

/// A linear rule that decides about near-duplicates; each model has its own.
struct NearDuplicateRule {
    double cosine = 0.0;     ///< Weight of the embeddings' plain cosine similarity.
    double dct = 0.0;        ///< Weight of the best candidate's DCT distance / 64, subtracted.
    double gradient = 0.0;   ///< Weight of its gradient distance / 64, subtracted.
    double agreement = 0.0;  ///< Weight of the agreement() of the larger of the two correlations.
    double bias = 0.0;
};

/// What a correlation proves, from 0 (nothing; also for negative ones) to 1: 1 − ⁴√(1 −
/// correlation).
///
/// The best of many windows of two unlike pictures may well correlate by 0.8, that of a copy by
/// 0.99 or more: the step from 0.9 to 1 has to count for more than that from 0 to 0.9. Fisher's
/// z-transform, atanh, is the textbook's way to say so; the fourth root takes nearly the same
/// course, is finite at 1, and its bits are the same on every machine, for IEEE 754 defines the
/// square root.
[[nodiscard]] double agreement(double correlation) noexcept;

/// bias + cosine · cosine_similarity − dct · d1 / 64 − gradient · d2 / 64
/// + agreement · agreement(max(full, window)). The pair is near-duplicate from 0 up.
[[nodiscard]] double near_duplicate_margin(const NearDuplicateRule& rule, double cosine_similarity,
                                           const RelationEvidence& evidence) noexcept;

}  // namespace likeness
