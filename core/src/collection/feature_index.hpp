/// @file
/// Finds pictures that have corners in common with a new one, in the same arrangement.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likeness/candidates.hpp"
#include "likeness/registration.hpp"

namespace likeness::collection {

/// The pictures that have at least FeatureIndex::least_common corners in common with `points`, at
/// different places, that say the same of how to lay one over the other, straight or mirrored; most
/// first, of equals the first one. `hits` are those of all shares, in any order.
[[nodiscard]] std::vector<std::uint32_t> common_corners(std::vector<CornerHit> hits,
                                                        std::span<const FeaturePoint> points);

/// Points of many pictures, by parts of their descriptors: locality-sensitive hashing of bits
/// (P. Indyk and R. Motwani, "Approximate nearest neighbors", STOC 1998).
class FeatureIndex {
public:
    /// Corners in common that make a candidate.
    static constexpr int least_common = 5;

    /// An index that looks after a share of the slots. All shares together have the hits that one
    /// index of everything has.
    explicit FeatureIndex(CornerShare share = {});

    /// Pictures come in ascending order.
    void add(std::uint32_t item, std::span<const FeaturePoint> points);

    /// The corners of earlier pictures that look like one of `points`.
    [[nodiscard]] std::vector<CornerHit> hits(std::span<const FeaturePoint> points) const;

    /// The pictures that have corners in common with `points`.
    [[nodiscard]] std::vector<std::uint32_t> find(std::span<const FeaturePoint> points) const {
        return common_corners(hits(points), points);
    }

private:
    static constexpr std::size_t tables = 5;

    /// Bits of a slot's number to begin with; shares are made of these slots.
    static constexpr int least_bits = 12;

    /// Entries that are allocated at once; what is there never moves.
    static constexpr std::size_t block_entries = 4096;

    using Descriptor = std::array<std::uint64_t, 4>;

    /// A point, and in each table the point before it in the same slot. All that is looked at in
    /// passing lies in one line of the cache: memory is what looking up takes.
    struct Entry {
        Descriptor descriptor;
        std::uint32_t item;
        std::uint16_t x;
        std::uint16_t y;
        std::int8_t direction_x;
        std::int8_t direction_y;
        std::uint8_t octave_part;
        std::uint8_t number;  ///< Among the points of its picture.
        std::array<std::uint32_t, tables> earlier;
    };

    [[nodiscard]] const Entry& at(std::uint32_t entry) const noexcept {
        return blocks_[entry / block_entries][entry % block_entries];
    }
    /// By table, where a descriptor's slot is in latest_; no_slot where another share has it.
    using Slots = std::array<std::size_t, tables>;

    [[nodiscard, gnu::noinline]] Slots slots_of(const Descriptor& descriptor) const noexcept;
    void link(std::uint32_t number, const Slots& slots);
    void grow();
    [[gnu::noinline]] void look_up(const Descriptor& straight, std::uint8_t point,
                                   std::vector<CornerHit>& hits) const;

    std::size_t first_slot_;  ///< Of the share, among all slots of least_bits.
    std::size_t own_slots_;
    std::vector<std::vector<Entry>> blocks_;
    std::uint32_t size_ = 0;    ///< Of the points that are kept.
    std::uint32_t points_ = 0;  ///< All that were added, kept or not.
    int slot_bits_ = least_bits;
    /// By table and slot, the last entry in it.
    std::vector<std::uint32_t> latest_;
};

}  // namespace likeness::collection
