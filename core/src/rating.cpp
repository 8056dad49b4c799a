#include "likeness/rating.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace likeness {
namespace {

constexpr double percent = 100.0;

/// Pairs that nothing proves to be copies stay below the least score of those that something does.
constexpr double least_of_copies = 88.0;
constexpr double squeezed_from = 80.0;
constexpr double most_of_others = 87.9;

/// Whether people would see it without looking for it.
bool is_visible(const Change& change) noexcept {
    return change.kind != ChangeKind::re_encoded && change.kind != ChangeKind::resized;
}

/// Of both pictures' detail, the share that is in both and agrees, from 0 to 1.
double common_share(const Registration& r) noexcept {
    return (r.content_covered_a * r.agreement_a + r.content_covered_b * r.agreement_b) / 2.0;
}

/// `evidence` has a registration: without one there is nothing but identical and none.
double copy_score(const Evidence& evidence) noexcept {
    constexpr double least_unseen = 99.0;
    constexpr double most_unseen = 99.9;
    constexpr double most_variant = 97.0;
    // Plain pictures, and those whose first frames are the same, have nothing that could disagree.
    const Registration& r = *evidence.registration;
    const double share = r.registered ? common_share(r) : 1.0;
    const auto between = [share](double least, double most) {
        return least + (most - least) * share;
    };
    if (evidence.copy == CopyKind::variant) return between(least_of_copies, most_variant);
    const bool seen = std::any_of(evidence.changes.begin(), evidence.changes.end(), is_visible);
    return seen ? between(least_of_copies, least_unseen) : between(least_unseen, most_unseen);
}

/// The most that two images can score of which registration has shown how much is the same, and
/// that the rest isn't. Even next to nothing counts: it may be all of the subject, such as a road
/// sign.
double most_of_parts(const RatingModel& model, const Evidence& evidence) noexcept {
    if (!evidence.registration || !evidence.registration->registered) return most_of_others;
    const double way = (1.0 + 3.0 * common_share(*evidence.registration)) / 4.0;
    return model.similar + (most_of_others - model.similar) * way;
}

Verdict verdict_of(CopyKind copy, bool similar) noexcept {
    switch (copy) {
        case CopyKind::identical:
            return Verdict::identical;
        case CopyKind::near_duplicate:
            return Verdict::near_duplicate;
        case CopyKind::variant:
            return Verdict::variant;
        case CopyKind::none:
            return similar ? Verdict::similar : Verdict::different;
    }
    std::abort();
}

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::identical:
            return "identical";
        case Verdict::near_duplicate:
            return "near-duplicate";
        case Verdict::variant:
            return "variant";
        case Verdict::similar:
            return "similar";
        case Verdict::different:
            return "different";
    }
    std::abort();
}

double unproven_score(const Calibration& curve, double cosine) noexcept {
    const double score = curve.score(cosine);
    if (score <= squeezed_from) return score;
    constexpr double slope = (most_of_others - squeezed_from) / (percent - squeezed_from);
    return squeezed_from + slope * (score - squeezed_from);
}

Result<Rating> rate(const RatingModel& model, std::span<const Cosines> cosines,
                    const Evidence& evidence) {
    if (cosines.empty()) {
        return Error{ErrorCode::invalid_argument, "rating takes at least one cosine"};
    }
    const auto finite = [](const Cosines& pair) {
        return std::isfinite(pair.plain) && std::isfinite(pair.centred);
    };
    if (!std::all_of(cosines.begin(), cosines.end(), finite)) {
        return Error{ErrorCode::invalid_argument, "a cosine must be a finite number"};
    }
    const Cosines& best =
        *std::max_element(cosines.begin(), cosines.end(),
                          [](const Cosines& x, const Cosines& y) { return x.centred < y.centred; });
    const double by_model =
        std::min(unproven_score(model.score, best.centred), most_of_parts(model, evidence));
    const auto score = [&] {
        switch (evidence.copy) {
            case CopyKind::identical:
                return percent;
            case CopyKind::none:
                return by_model;
            default:
                return copy_score(evidence);
        }
    };
    return Rating{.cosines = best,
                  .score = score(),
                  .probability = evidence.copy == CopyKind::none
                                     ? model.probability.score(best.centred) / percent
                                     : 1.0,
                  .verdict = verdict_of(evidence.copy, by_model >= model.similar)};
}

}  // namespace likeness
