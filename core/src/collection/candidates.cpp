#include "likeness/candidates.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "feature_index.hpp"
#include "hash_index.hpp"
#include "likeness/collection.hpp"
#include "likeness/perceptual_hash.hpp"
#include "message.hpp"

namespace likeness {
namespace {

using namespace collection;

constexpr int octave_parts = 8;

bool is_sound(const CornerHit& hit, std::size_t points) {
    return hit.point < points && hit.octave_part < octave_parts &&
           (hit.direction_x != 0 || hit.direction_y != 0);
}

}  // namespace

Result<CornerSearch> CornerSearch::create(CornerShare share) {
    if (share.number >= share.count || share.count > CornerShare::most) {
        return Error{ErrorCode::invalid_argument,
                     message({"a search for corners is one of 1 to ", CornerShare::most})};
    }
    return CornerSearch(share);
}

CornerSearch::CornerSearch(CornerShare share) : index_(std::make_unique<FeatureIndex>(share)) {}
CornerSearch::CornerSearch(CornerSearch&&) noexcept = default;
CornerSearch& CornerSearch::operator=(CornerSearch&&) noexcept = default;
CornerSearch::~CornerSearch() = default;

std::vector<CornerHit> CornerSearch::take(std::uint32_t item,
                                          std::span<const FeaturePoint> points) {
    auto hits = index_->hits(points);
    index_->add(item, points);
    return hits;
}

Result<std::vector<std::uint32_t>> CornerSearch::candidates(std::span<const CornerHit> hits,
                                                            std::span<const FeaturePoint> points) {
    const bool sound = std::all_of(hits.begin(), hits.end(), [&points](const CornerHit& hit) {
        return is_sound(hit, points.size());
    });
    if (!sound) {
        return Error{ErrorCode::invalid_argument,
                     "the common corners of an image are damaged: look for them again"};
    }
    return common_corners({hits.begin(), hits.end()}, points);
}

HashSearch::HashSearch() : index_(std::make_unique<HashIndex>()) {}
HashSearch::HashSearch(HashSearch&&) noexcept = default;
HashSearch& HashSearch::operator=(HashSearch&&) noexcept = default;
HashSearch::~HashSearch() = default;

Result<std::vector<std::uint32_t>> HashSearch::find(const Fingerprint& fingerprint) const {
    const auto sketch = PictureSketch::of(fingerprint, {});
    if (!sketch) return sketch.error();
    return index_->find(sketch.value().hashes);
}

Status HashSearch::add(std::uint32_t item, const Fingerprint& fingerprint) {
    // The index keeps the first of eight orientations: the others take most of the time.
    std::vector<PerceptualHash> hashes;
    for (const auto* luma : {&fingerprint.luma, &fingerprint.full_luma}) {
        if (!hashes.empty() && fingerprint.luma == fingerprint.full_luma) break;
        const auto upright = perceptual_hash(*luma);
        if (!upright) return upright.error();
        hashes.resize(hashes.size() + hash_orientations, upright.value());
    }
    index_->add(item, hashes);
    return {};
}

}  // namespace likeness
