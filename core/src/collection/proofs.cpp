#include "proofs.hpp"

#include <algorithm>

namespace likeness::collection {

void Proofs::suggest(std::uint32_t one, std::uint32_t other) {
    const auto [a, b] = std::minmax(one, other);
    if (a != b && !known_.contains({b, a})) candidates_.insert({b, a});
}

void Proofs::take(PicturePair pair, const CopyProof& proof) {
    known_.insert({key(pair), proof});
    candidates_.erase(key(pair));
    if (proof.kind < CopyKind::near_duplicate) return;
    const auto a = static_cast<std::uint32_t>(pair.a);
    const auto b = static_cast<std::uint32_t>(pair.b);
    for (const std::uint32_t other : copies_[a]) suggest(b, other);
    for (const std::uint32_t other : copies_[b]) suggest(a, other);
    copies_[a].insert(b);
    copies_[b].insert(a);
}

std::vector<PicturePair> Proofs::candidates(std::size_t most) const {
    std::vector<PicturePair> pairs;
    for (const auto& [b, a] : candidates_) {
        if (pairs.size() == most) break;
        pairs.push_back({a, b});
    }
    return pairs;
}

std::vector<ProvenPair> Proofs::proven() const {
    std::vector<ProvenPair> pairs;
    for (const auto& [key, proof] : known_) {
        if (proof.kind != CopyKind::none) pairs.push_back({{key.second, key.first}, proof});
    }
    return pairs;
}

}  // namespace likeness::collection
