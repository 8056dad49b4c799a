/// @file
/// Combines what embeddings and pixels say about a pair into a score and a verdict.
#pragma once

#include <span>
#include <string_view>

#include "likeness/calibration.hpp"
#include "likeness/copy.hpp"
#include "likeness/error.hpp"

namespace likeness {

/// How alike two images are, from most to least alike. The first three are proven by pixels (see
/// CopyKind): the model has no influence on them.
enum class Verdict { identical, near_duplicate, variant, similar, different };

/// The public name in kebab case: "near-duplicate".
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

/// Cosine similarities of two embeddings, in [-1, 1].
struct Cosines {
    double plain;    ///< Of the embeddings as they are.
    double centred;  ///< After subtracting the model's mean embedding (see centre()), which
                     ///< separates subjects better. Equal to `plain` for a model without mean.
};

/// What was fitted for one model; models/manifest.json holds the numbers.
struct RatingModel {
    Calibration score;  ///< Centred cosine to score.
    /// Centred cosine to the probability of the same kind of subject, in percent.
    Calibration probability;
    double similar;  ///< The lowest score of Verdict::similar.
};

/// How alike two images are.
struct Rating {
    Cosines cosines;     ///< Those that the score was computed from.
    double score;        ///< 0 to 100, see rate().
    double probability;  ///< That both show the same kind of subject, if half of all pairs do; 1
                         ///< where the pixels prove that they show the same.
    Verdict verdict;
};

/// The score of two images that aren't proven to be copies or variants of each other: the curve's
/// value at their centred cosine, with values above 80 compressed to stay below 88.
[[nodiscard]] double unproven_score(const Calibration& curve, double cosine) noexcept;

/// Score and verdict never contradict each other:
///
/// | verdict            | score                                                            |
/// |--------------------|------------------------------------------------------------------|
/// | identical          | 100                                                              |
/// | near-duplicate     | 99 to 99.9 where nothing visible changed, else 88 to 99          |
/// | variant            | 88 to 97                                                         |
/// | similar, different | unproven_score(), below a limit where a part is the same         |
///
/// The score of copies depends on how much of each image's detail is in the other one and agrees.
/// The same share limits the score of images that were registered without being copies: to 87.9 if
/// all is common, and to a quarter of the way there from RatingModel::similar if next to nothing
/// is. The verdict doesn't change by it. `cosines` are those of a with b as it is, or with b in
/// several orientations; the pair with the largest centred one counts. `invalid-argument` for no
/// cosines, or one that isn't finite.
Result<Rating> rate(const RatingModel& model, std::span<const Cosines> cosines,
                    const Evidence& evidence);

}  // namespace likeness
