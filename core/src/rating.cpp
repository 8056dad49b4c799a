#include "likeness/rating.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace likeness {
namespace {

constexpr double percent = 100.0;

bool finite(const Cosines& cosines) noexcept {
    return std::isfinite(cosines.plain) && std::isfinite(cosines.centred);
}

Error not_finite() { return {ErrorCode::invalid_argument, "a cosine must be a finite number"}; }

/// The part of the near-duplicate rule that differs from candidate to candidate.
double preference(const NearDuplicateRule& rule, double cosine,
                  const OrientationDistance& distance) noexcept {
    RelationEvidence evidence;
    evidence.candidates.push_back(distance);
    return near_duplicate_margin(rule, cosine, evidence);
}

}  // namespace

Result<Rating> rate(const RatingModel& model, const Cosines& cosines) {
    if (!finite(cosines)) return not_finite();
    const double score = model.score.score(cosines.centred);
    return Rating{.cosines = cosines,
                  .score = score,
                  .probability = model.probability.score(cosines.centred) / percent,
                  .verdict = score >= model.similar ? Verdict::similar : Verdict::different,
                  .margin = std::nullopt,
                  .evidence = std::nullopt};
}

Result<Rating> rate(const RatingModel& model, std::span<const Cosines> cosines,
                    const Fingerprint& a, const Fingerprint& b,
                    std::span<const Orientation> candidates) {
    if (cosines.size() != 1 && cosines.size() != candidates.size()) {
        return Error{ErrorCode::invalid_argument,
                     "rating takes one cosine, or one for each orientation"};
    }
    if (!std::all_of(cosines.begin(), cosines.end(), finite)) return not_finite();
    auto evidence = compare_fingerprints(a, b, candidates);
    if (!evidence) return std::move(evidence).error();

    Cosines chosen = cosines.front();
    if (cosines.size() > 1) {
        const auto& measured = evidence.value().candidates;
        const auto preferred = [&](std::size_t i) {
            return preference(model.near_duplicate, cosines[i].plain, measured[i]);
        };
        std::size_t best = 0;
        for (std::size_t i = 1; i < measured.size(); ++i) {
            if (preferred(i) > preferred(best)) best = i;
        }
        chosen = cosines[best];
        if (best != evidence.value().best_candidate) {
            evidence = compare_fingerprints(a, b, candidates.subspan(best, 1));
            if (!evidence) return std::move(evidence).error();
        }
    }

    auto rating = rate(model, chosen);
    if (!rating) return rating;
    const double margin =
        near_duplicate_margin(model.near_duplicate, chosen.plain, evidence.value());
    const auto verdict =
        verdict_for(evidence.value().same_pixels, margin, rating.value().score, model.similar);
    if (!verdict) return verdict.error();
    rating.value().verdict = verdict.value();
    rating.value().margin = margin;
    rating.value().evidence = std::move(evidence).value();
    return rating;
}

}  // namespace likeness
