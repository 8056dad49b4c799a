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

/// Cosine similarities of two embeddings, in [-1, 1].
struct Cosines {
    double plain;    ///< Of the embeddings as they are: tells copies better.
    double centred;  ///< As seen from the model's mean embedding (see centre()): tells subjects
                     ///< better. The same as `plain` for a model that has none.
};

/// What was fitted for one model; models/manifest.json holds the numbers.
struct RatingModel {
    Calibration score;  ///< Centred cosine to score.
    /// Centred cosine to the probability of the same kind of subject, in percent.
    Calibration probability;
    double similar;  ///< The lowest score of Verdict::similar.
    NearDuplicateRule near_duplicate;
};

/// How alike two pictures are, and on what grounds.
struct Rating {
    Cosines cosines;     ///< Those that counted, see rate().
    double score;        ///< 0 to 100.
    double probability;  ///< That both show the same kind of subject, where half of all pairs do.
    Verdict verdict;

    /// How far the near-duplicate rule was from deciding otherwise; none without fingerprints.
    std::optional<double> margin;
    std::optional<RelationEvidence> evidence;  ///< None without fingerprints.
};

/// Embeddings alone: the verdict is similar or different, because telling copies takes pixels.
/// `invalid-argument` for a cosine that isn't finite.
Result<Rating> rate(const RatingModel& model, const Cosines& cosines);

/// Embeddings and fingerprints: the verdict ladder (see verdict_for). `cosines` holds those of a
/// and of b turned by each of the `candidates`, or just one pair that counts for all of them. The
/// candidate counts that the near-duplicate rule likes best by cosine and hashes; of equal ones the
/// first. `invalid-argument` for another number of cosines, for one that isn't finite, and as
/// compare_fingerprints.
Result<Rating> rate(const RatingModel& model, std::span<const Cosines> cosines,
                    const Fingerprint& a, const Fingerprint& b,
                    std::span<const Orientation> candidates);

}  // namespace likeness
