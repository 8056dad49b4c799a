/// @file
/// Everything a pair's embeddings and fingerprints say, brought to one answer.
#pragma once

#include <optional>
#include <span>

#include "likeness/calibration.hpp"
#include "likeness/error.hpp"
#include "likeness/fingerprint.hpp"
#include "likeness/orientation.hpp"
#include "likeness/relation.hpp"

namespace likeness {

/// What was fitted for one model; models/manifest.json holds the numbers.
struct RatingModel {
    Calibration score;  ///< Cosine to score.
    Calibration
        probability;  ///< Cosine to the probability of the same kind of subject, in percent.
    double similar;   ///< The lowest score of Verdict::similar.
    NearDuplicateRule near_duplicate;
};

/// How alike two pictures are, and on what grounds.
struct Rating {
    double cosine;       ///< The one that counted, see rate().
    double score;        ///< 0 to 100.
    double probability;  ///< That both show the same kind of subject, where half of all pairs do.
    Verdict verdict;

    /// How far the near-duplicate rule was from deciding otherwise; none without fingerprints.
    std::optional<double> margin;
    std::optional<RelationEvidence> evidence;  ///< None without fingerprints.
};

/// Embeddings alone: the verdict is similar or different, because telling copies takes pixels.
/// `invalid-argument` for a cosine that isn't finite.
Result<Rating> rate(const RatingModel& model, double cosine);

/// Embeddings and fingerprints: the verdict ladder (see verdict_for). `cosines` holds the cosine
/// of a and of b turned by each of the `candidates`, or just one that counts for all of them. The
/// candidate counts that the near-duplicate rule likes best by cosine and hashes; of equal ones the
/// first. `invalid-argument` for another number of cosines, for one that isn't finite, and as
/// compare_fingerprints.
Result<Rating> rate(const RatingModel& model, std::span<const double> cosines, const Fingerprint& a,
                    const Fingerprint& b, std::span<const Orientation> candidates);

}  // namespace likeness
