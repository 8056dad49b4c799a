#include "likeness/copy.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "agreement.hpp"
#include "tiles.hpp"

namespace likeness {
namespace {

/// Levels of 0 to 255 between plain pictures that are one.
constexpr double same_plain = 4.0;

/// Of the pictures' detail, the part that one must have of the other: less is a common corner.
constexpr double least_covered = 0.6;

/// Telling tiles, in the picture that has more of them: fewer prove nothing.
constexpr int least_tiles = 6;

/// Of the larger picture's area, the part that the other one must show. A spot of a picture,
/// however turned, enlarged and smoothed, agrees with something in any other.
constexpr double least_area = 0.03;

/// What noise may leave open of a copy, at most.
constexpr double copy_noise = 0.2;

/// Where hardly anything is left open, a copy may have more tiles a little beyond it: the edges of
/// small drawings that were made smaller, or compressed.
constexpr double close_noise = 0.02;
constexpr double close_agreement = 0.85;

/// Where something else is shown, the rest must agree closely: half-alike pages and screens of one
/// template do so loosely.
constexpr double variant_noise = 0.1;
constexpr double steepest = 6.0;

/// The transforms that variants have by far the most often: nothing was turned, and hardly resized.
bool likely_transform(const PictureTransform& t) noexcept {
    constexpr double nearly_upright = 0.95;
    constexpr double most_scaling = 1.25;
    return !t.mirrored && t.cosine >= nearly_upright && t.scale <= most_scaling &&
           t.scale >= 1.0 / most_scaling;
}

/// Telling tiles of the picture that has more of them.
int most_tiles(const Registration& r) noexcept { return std::max(r.tiles_a, r.tiles_b); }

double area(const Rectangle& r) noexcept { return r.width * r.height; }

/// The same, but small drawings were enlarged before: no more count than their own pixels fill.
int own_tiles(const Registration& r) noexcept {
    if (r.content_a == ContentKind::photo || r.content_b == ContentKind::photo) {
        return most_tiles(r);
    }
    const double shared = std::min(area(r.overlap_a), area(r.overlap_b));
    return std::min(most_tiles(r), static_cast<int>(shared / registration::tile_area));
}

/// Of the telling tiles of the picture whose content is kept better, how many must agree at least.
/// What is unlikely to begin with wants more: little content, other transforms, and what agrees
/// only roughly.
double variant_agreement(const Registration& r) noexcept {
    // What is exactly the same in its place proves itself: few_places() asks enough of the rest.
    const bool likely = likely_transform(r.transform);
    if (likely && r.noise <= registration::exact_noise) {
        return most_tiles(r) < 40 ? 0.8 : 0.0;
    }
    const int tiles = own_tiles(r);
    if (!likely) return tiles < 100 ? 0.92 : 0.8;
    constexpr double close = 0.05;
    constexpr double half = 0.5;
    if (tiles < 40 || (tiles < 100 && r.noise > close)) return 0.92;
    return tiles < 100 ? 0.65 : half;
}

/// Each place that differs wants some more agreement: an overlay is one place, or a few lines,
/// while pages, receipts and screens of one template differ in every field.
bool few_places(const Registration& r) noexcept {
    constexpr double each = 0.025;
    // Icons of one set have a ring in common, pixel by pixel.
    const double none = own_tiles(r) < 40 ? 0.7 : 0.5;
    // What is laid over one picture leaves open more of it than of the other, where siblings of one
    // template have equally much of their own: counting the gain twice tells them apart.
    const auto [less, more] = std::minmax(r.agreement_a, r.agreement_b);
    return more + (more - less) >= none + each * static_cast<double>(r.differences.size());
}

bool likely_exposure(const Exposure& exposure) noexcept {
    return exposure.gain >= 1.0 / steepest && exposure.gain <= steepest;
}

/// Whether no place differs, and nearly all agrees.
bool agrees_everywhere(const Registration& r) noexcept {
    if (!r.differences.empty()) return false;
    const double agreement = std::min(r.agreement_a, r.agreement_b);
    return (agreement >= registration::copy_agreement && r.noise <= copy_noise) ||
           (agreement >= close_agreement && r.noise <= close_noise);
}

bool same_first_frame(const Fingerprint& a, const Fingerprint& b) noexcept {
    return a.size == b.size && a.digest == b.digest;
}

Rectangle whole(Size size) noexcept {
    return {0.0, 0.0, static_cast<double>(size.width), static_cast<double>(size.height)};
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
    const bool enough = r.registered && std::min(r.covered_a, r.covered_b) >= least_area &&
                        std::max(r.content_covered_a, r.content_covered_b) >= least_covered &&
                        most_tiles(r) >= least_tiles;
    if (!enough) return CopyKind::none;
    if (agrees_everywhere(r)) return CopyKind::near_duplicate;
    const bool varied = !r.differences.empty() && few_places(r) &&
                        std::max(r.agreement_a, r.agreement_b) >= variant_agreement(r) &&
                        r.noise <= variant_noise && likely_exposure(r.exposure);
    return varied ? CopyKind::variant : CopyKind::none;
}

Evidence compare_fingerprints(const Fingerprint& a, const Fingerprint& b) noexcept {
    Evidence evidence;
    evidence.same_pixels = same_first_frame(a, b) && a.frames == b.frames;
    if (evidence.same_pixels) evidence.copy = CopyKind::identical;
    return evidence;
}

Result<Evidence> examine(const Fingerprint& a, const PictureDescription& described_a,
                         const Fingerprint& b, const PictureDescription& described_b) {
    Evidence evidence = compare_fingerprints(a, b);
    if (evidence.same_pixels) return evidence;
    auto registration = register_pictures(described_a, described_b);
    if (!registration) return std::move(registration).error();
    const bool same = same_first_frame(a, b);
    evidence.copy = same ? CopyKind::near_duplicate : copy_kind(registration.value(), false);
    if (!same) evidence.changes = changes_of(registration.value());
    if (evidence.copy != CopyKind::none && a.frames != b.frames) {
        evidence.copy = CopyKind::variant;
        evidence.changes.push_back(
            {ChangeKind::reanimated, static_cast<double>(b.frames), whole(a.size), whole(b.size)});
    }
    evidence.registration = std::move(registration).value();
    return evidence;
}

}  // namespace likeness
