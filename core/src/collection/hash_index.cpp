#include "hash_index.hpp"

#include <algorithm>

namespace likeness::collection {
namespace {

/// Of 128 bits, in both hashes together. Strangers differ in about 64, and rarely in fewer than 30
/// in the best of eight orientations.
constexpr int farthest = 24;

/// Pictures that are told of.
constexpr std::size_t most_found = 32;

struct Found {
    int distance;
    std::uint32_t item;
};

}  // namespace

void HashIndex::add(std::uint32_t item, std::span<const PerceptualHash> hashes) {
    for (std::size_t i = 0; i < hashes.size(); i += hash_orientations) {
        entries_.push_back({hashes[i], item});
    }
}

std::vector<std::uint32_t> HashIndex::find(std::span<const PerceptualHash> hashes) const {
    std::vector<Found> found;
    for (const Entry& entry : entries_) {
        int least = farthest + 1;
        for (const PerceptualHash& hash : hashes) {
            least = std::min(least, hamming_distance(hash.dct, entry.hash.dct) +
                                        hamming_distance(hash.gradient, entry.hash.gradient));
        }
        if (least > farthest) continue;
        if (!found.empty() && found.back().item == entry.item) {
            found.back().distance = std::min(found.back().distance, least);
        } else {
            found.push_back({least, entry.item});
        }
    }
    std::vector<std::uint32_t> items;
    for (int distance = 0; distance <= farthest; ++distance) {
        for (const Found& each : found) {
            if (each.distance == distance && items.size() < most_found) items.push_back(each.item);
        }
    }
    return items;
}

}  // namespace likeness::collection
