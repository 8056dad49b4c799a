#include "likeness/copy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace likeness {
namespace {

/// Levels of 0 to 255 between plain pictures that are one.
constexpr double same_plain = 4.0;

/// Of the pictures' detail, the part that one must have of the other: less is a common corner.
constexpr double least_covered = 0.6;

/// Telling tiles, in the picture that has more of them: fewer prove nothing.
constexpr int least_tiles = 6;

/// Of the telling tiles of both, where nothing else is shown anywhere.
constexpr double copy_agreement = 0.96;
constexpr double copy_noise = 0.2;

/// Where something else is shown, the rest must agree closely: half-alike pages and screens of one
/// template do so loosely, and in many places not at all.
constexpr double variant_noise = 0.1;
constexpr std::size_t most_differences = 16;
constexpr double steepest = 6.0;

/// The transforms that variants have by far the most often: nothing was turned, and hardly resized.
bool likely_transform(const PictureTransform& t) noexcept {
    constexpr double nearly_upright = 0.95;
    constexpr double most_scaling = 1.25;
    return !t.mirrored && t.cosine >= nearly_upright && t.scale <= most_scaling &&
           t.scale >= 1.0 / most_scaling;
}

/// Of the telling tiles of the picture whose content is kept better. What is unlikely to begin with
/// wants more agreement: little content, other transforms, and what agrees only roughly.
double variant_agreement(const Registration& r) noexcept {
    const int tiles = std::max(r.tiles_a, r.tiles_b);
    if (!likely_transform(r.transform)) return tiles < 100 ? 0.92 : 0.8;
    constexpr double exact = 0.002;
    constexpr double close = 0.05;
    if (r.noise <= exact) return tiles < 40 ? 0.8 : 0.5;
    if (tiles < 40 || (tiles < 100 && r.noise > close)) return 0.92;
    return tiles < 100 ? 0.65 : 0.5;
}

bool likely_exposure(const Exposure& exposure) noexcept {
    return exposure.gain >= 1.0 / steepest && exposure.gain <= steepest;
}

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
        case CopyKind::identical:
            return "identical";
    }
    std::abort();
}

CopyKind copy_kind(const Registration& r, bool same_pixels) noexcept {
    if (same_pixels) return CopyKind::identical;
    if (plain_copies(r)) return CopyKind::near_duplicate;
    const bool enough = r.registered &&
                        std::max(r.content_covered_a, r.content_covered_b) >= least_covered &&
                        std::max(r.tiles_a, r.tiles_b) >= least_tiles;
    if (!enough) return CopyKind::none;
    const auto [less, more] = std::minmax(r.agreement_a, r.agreement_b);
    if (r.differences.empty() && less >= copy_agreement && r.noise <= copy_noise) {
        return CopyKind::near_duplicate;
    }
    const bool varied = !r.differences.empty() && r.differences.size() <= most_differences &&
                        more >= variant_agreement(r) && r.noise <= variant_noise &&
                        likely_exposure(r.exposure);
    return varied ? CopyKind::variant : CopyKind::none;
}

}  // namespace likeness
