/// @file
/// Finds pictures that have corners in common with a new one, in the same arrangement.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likeness/registration.hpp"

namespace likeness::collection {

/// A picture and how many corners of another one it has, at different places, that say the same of
/// how to lay one over the other.
struct CommonCorners {
    std::uint32_t item;
    int count;
};

/// Points of many pictures, by parts of their descriptors: locality-sensitive hashing of bits
/// (P. Indyk and R. Motwani, "Approximate nearest neighbors", STOC 1998).
class FeatureIndex {
public:
    /// Corners in common that make a candidate.
    static constexpr int least_common = 5;

    FeatureIndex();

    /// Pictures come in ascending order.
    void add(std::uint32_t item, std::span<const FeaturePoint> points);

    /// The pictures that have at least least_common corners in common with `points`, straight or
    /// mirrored; most first, of equals the first one.
    [[nodiscard]] std::vector<CommonCorners> find(std::span<const FeaturePoint> points) const;

private:
    static constexpr std::size_t tables = 5;

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
        std::array<std::uint32_t, tables> earlier;
    };

    /// A point of a new picture that looks like one of those that are there.
    struct Hit {
        std::uint32_t item;
        std::uint32_t entry;
        std::uint16_t point;
        std::uint8_t distance;
        bool mirrored;
    };

    [[nodiscard]] const Entry& at(std::uint32_t entry) const noexcept {
        return blocks_[entry / block_entries][entry % block_entries];
    }
    [[nodiscard]] std::size_t slot(const Descriptor& descriptor, std::size_t table) const noexcept;
    void link(std::uint32_t number);
    void grow();
    void look_up(const Descriptor& straight, std::uint16_t point, std::vector<Hit>& hits) const;
    [[nodiscard]] int common_corners(std::span<const Hit> hits,
                                     std::span<const FeaturePoint> points) const;

    std::vector<std::vector<Entry>> blocks_;
    std::uint32_t size_ = 0;
    int slot_bits_ = 12;  ///< Of the number of a slot.
    /// By table and slot, the last entry in it.
    std::vector<std::uint32_t> latest_;
};

}  // namespace likeness::collection
