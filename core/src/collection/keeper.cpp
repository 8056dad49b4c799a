#include "keeper.hpp"

#include <algorithm>
#include <utility>

namespace likeness::collection {
namespace {

/// Smoothings by which one picture is finer than another at a common scale, whatever their pixels.
constexpr double least_blur = 2.0;

/// Smoothing a picture that is only noisier doesn't make it the other one.
constexpr double most_noise = 0.05;

/// What of a picture's scene the other one doesn't show. Borders of one colour are no part of it,
/// nor is what little may lie between them and the picture in them: a status bar, buttons; nor are
/// the corners beside a turned picture. Elsewhere even a clear sky is.
double beyond(const Standing& picture, bool turned, double covered,
              double content_covered) noexcept {
    constexpr double sparse = 0.5;
    const double area = 1.0 - covered;
    const double detail = 1.0 - content_covered;
    if (turned) return detail;
    if (!picture.bordered) return std::max(area, detail);
    return detail >= sparse * area ? detail : 0.0;
}

/// How many times as fine a is, in length.
double fineness_of_a(const Standing& a, const Standing& b, const CopyProof& p) noexcept {
    constexpr double clearly = 1.5;
    const double by_pixels = b.oversampling / (p.scale * a.oversampling);
    if (p.noise > most_noise) return by_pixels;
    if (p.blur >= least_blur) return std::max(by_pixels, clearly);
    if (p.blur <= -least_blur) return std::min(by_pixels, 1.0 / clearly);
    return by_pixels;
}

/// Positive where the first number is clearly larger, negative where the second is.
int clearly(double first, double second, double margin) noexcept {
    if (first > second + margin) return 1;
    return second > first + margin ? -1 : 0;
}

}  // namespace

bool is_better(const Standing& a, const Standing& b, const CopyProof& proof) noexcept {
    constexpr double same_share = 0.03;
    constexpr double same_fineness = 0.05;
    if (proof.kind != CopyKind::identical) {
        const double fineness = fineness_of_a(a, b, proof);
        const int by_pixels[] = {
            clearly(beyond(a, proof.turned, proof.covered_a, proof.content_covered_a),
                    beyond(b, proof.turned, proof.covered_b, proof.content_covered_b), same_share),
            static_cast<int>(proof.greyscale_b) - static_cast<int>(proof.greyscale_a),
            clearly(fineness, 1.0, same_fineness) - clearly(1.0 / fineness, 1.0, same_fineness),
            // Enlarged until both have as many pixels of detail.
            b.oversampling - a.oversampling,
            // Both show the same scene: what of one isn't in the other is a border.
            clearly(proof.covered_a, proof.covered_b, same_share),
        };
        for (const int better : by_pixels) {
            if (better != 0) return better > 0;
        }
        const bool sizes_known = a.file.bytes > 0.0 && b.file.bytes > 0.0;
        if (sizes_known && a.file.bytes != b.file.bytes) return a.file.bytes > b.file.bytes;
    }
    if (a.file.modified != b.file.modified) return a.file.modified < b.file.modified;
    return a.item < b.item;
}

bool stands_in(const Standing& a, const Standing& b, const CopyProof& proof) noexcept {
    constexpr double most_lost = 0.1;
    constexpr double least_fineness = 0.8;
    if (proof.kind == CopyKind::identical) return true;
    return proof.kind == CopyKind::near_duplicate &&
           beyond(b, proof.turned, proof.covered_b, proof.content_covered_b) <= most_lost &&
           (proof.greyscale_b || !proof.greyscale_a) &&
           fineness_of_a(a, b, proof) >= least_fineness;
}

CopyProof swapped(const CopyProof& proof) noexcept {
    CopyProof result = proof;
    result.scale = 1.0 / proof.scale;
    result.blur = -proof.blur;
    std::swap(result.covered_a, result.covered_b);
    std::swap(result.content_covered_a, result.content_covered_b);
    std::swap(result.greyscale_a, result.greyscale_b);
    return result;
}

}  // namespace likeness::collection
