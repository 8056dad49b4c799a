/// @file
/// Finds pictures whose perceptual hashes are close to those of a new one, however it was turned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likeness/perceptual_hash.hpp"

namespace likeness::collection {

/// The hashes of a picture in one orientation after the other, see PictureSketch::hashes.
inline constexpr std::size_t hash_orientations = 8;

/// Hashes of upright pictures, side by side: comparing with all of them takes less than looking
/// some up does, as far as folders go.
class HashIndex {
public:
    /// Pictures come in ascending order.
    void add(std::uint32_t item, std::span<const PerceptualHash> hashes);

    /// The pictures that are close to any of these hashes; the closest first, of equals the first.
    [[nodiscard]] std::vector<std::uint32_t> find(std::span<const PerceptualHash> hashes) const;

private:
    struct Entry {
        PerceptualHash hash;
        std::uint32_t item;
    };

    std::vector<Entry> entries_;
};

}  // namespace likeness::collection
