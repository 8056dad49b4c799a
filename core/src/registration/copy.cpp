#include "likeness/copy.hpp"

#include <algorithm>

namespace likeness {
namespace {

/// Levels of 0 to 255 between plain pictures that are one.
constexpr double same_plain = 4.0;

/// Of the pictures' detail, the part that one must have of the other: less is a common corner.
constexpr double least_covered = 0.6;

/// Telling tiles, in the picture that has more of them: fewer prove nothing.
constexpr int least_tiles = 6;

/// Of the telling tiles of the picture that is shown better.
constexpr double copy_agreement = 0.96;
constexpr double variant_agreement = 0.6;

/// Beyond this even what agrees is a guess.
constexpr double most_noise = 0.3;

bool plain_copies(const Registration& r) noexcept {
    return r.content_a == ContentKind::none && r.content_b == ContentKind::none &&
           r.plain_distance <= same_plain;
}

}  // namespace

std::string_view to_string(CopyKind kind) noexcept {
    switch (kind) {
        case CopyKind::none:
            return "none";
        case CopyKind::variant:
            return "variant";
        case CopyKind::near_duplicate:
            return "near-duplicate";
    }
    return "none";
}

CopyKind copy_kind(const Registration& r) noexcept {
    if (plain_copies(r)) return CopyKind::near_duplicate;
    if (!r.registered || r.noise > most_noise) return CopyKind::none;
    if (std::max(r.content_covered_a, r.content_covered_b) < least_covered) return CopyKind::none;
    if (std::max(r.tiles_a, r.tiles_b) < least_tiles) return CopyKind::none;
    const double agreement = std::max(r.agreement_a, r.agreement_b);
    if (agreement < variant_agreement) return CopyKind::none;
    const bool all = std::min(r.agreement_a, r.agreement_b) >= copy_agreement;
    return all && r.differences.empty() ? CopyKind::near_duplicate : CopyKind::variant;
}

}  // namespace likeness
