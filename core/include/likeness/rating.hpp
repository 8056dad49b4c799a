/// @file
/// Everything that embeddings and pixels of a pair say, brought to one answer.
#pragma once

#include <span>
#include <string_view>

#include "likeness/calibration.hpp"
#include "likeness/copy.hpp"
#include "likeness/error.hpp"

namespace likeness {

/// How alike, in a word; each asks for more than the next one. The first three are CopyKind's: no
/// model has a vote in them.
enum class Verdict { identical, near_duplicate, variant, similar, different };

/// The public name in kebab case: "near-duplicate".
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

/// Cosine similarities of two embeddings, in [-1, 1].
struct Cosines {
    double plain;    ///< Of the embeddings as they are.
    double centred;  ///< As seen from the model's mean embedding (see centre()): tells subjects
                     ///< better. The same as `plain` for a model that has none.
};

/// What was fitted for one model; models/manifest.json holds the numbers.
struct RatingModel {
    Calibration score;  ///< Centred cosine to score.
    /// Centred cosine to the probability of the same kind of subject, in percent.
    Calibration probability;
    double similar;  ///< The lowest score of Verdict::similar.
};

/// How alike two pictures are.
struct Rating {
    Cosines cosines;     ///< Those that counted.
    double score;        ///< 0 to 100, see rate().
    double probability;  ///< That both show the same kind of subject, where half of all pairs do;
                         ///< 1 where the pixels prove that they show the same.
    Verdict verdict;
};

/// The score of two pictures that nothing proves to be copies or variants of each other: what the
/// curve says of their centred cosine; what it has above 80 is squeezed below 88.
[[nodiscard]] double unproven_score(const Calibration& curve, double cosine) noexcept;

/// Score and verdict say one thing:
///
/// | verdict            | score                                                            |
/// |--------------------|------------------------------------------------------------------|
/// | identical          | 100                                                              |
/// | near-duplicate     | 99 to 99.9 where nothing visible changed, else 88 to 99          |
/// | variant            | 88 to 97                                                         |
/// | similar, different | unproven_score()                                                 |
///
/// Copies score by how much of both pictures' detail is in both, and agrees. `cosines` are those of
/// a with b as it is, or with b in several orientations; the pair with the largest centred one
/// counts. `invalid-argument` for no cosines, or one that isn't finite.
Result<Rating> rate(const RatingModel& model, std::span<const Cosines> cosines,
                    const Evidence& evidence);

}  // namespace likeness
