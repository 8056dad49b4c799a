/// @file
/// What is known of pairs of pictures, and which ones are to be looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "likeness/collection.hpp"

namespace likeness::collection {

class Proofs {
public:
    /// So many pictures are known of.
    void resize(std::size_t size) { copies_.resize(size); }

    /// To be verified, unless that is so or was done already; in any order of the two.
    void suggest(std::uint32_t one, std::uint32_t other);

    [[nodiscard]] bool knows(PicturePair pair) const { return known_.contains(key(pair)); }

    /// The pair isn't known. Two pictures that are copies of one become candidates, so that what
    /// can be found out doesn't depend on the order of proofs.
    void take(PicturePair pair, const CopyProof& proof);

    [[nodiscard]] std::size_t candidate_count() const noexcept { return candidates_.size(); }
    [[nodiscard]] std::vector<PicturePair> candidates(std::size_t most) const;

    /// The pictures proven to be copies of one, ascending.
    [[nodiscard]] const std::set<std::uint32_t>& copies_of(std::size_t item) const {
        return copies_[item];
    }

    /// Of a pair that is known.
    [[nodiscard]] const CopyProof& proof_of(PicturePair pair) const {
        return known_.find(key(pair))->second;
    }

    /// All copies and variants, by b, then a.
    [[nodiscard]] std::vector<ProvenPair> proven() const;

private:
    /// b, then a: the order in which pairs are told of.
    using Key = std::pair<std::uint32_t, std::uint32_t>;

    static Key key(PicturePair pair) noexcept {
        return {static_cast<std::uint32_t>(pair.b), static_cast<std::uint32_t>(pair.a)};
    }

    std::map<Key, CopyProof> known_;
    std::set<Key> candidates_;
    std::vector<std::set<std::uint32_t>> copies_;
};

}  // namespace likeness::collection
