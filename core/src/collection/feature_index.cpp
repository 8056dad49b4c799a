#include "feature_index.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "heap_sort.hpp"
#include "registration/hypotheses.hpp"
#include "registration/matching.hpp"
#include "simd.hpp"

namespace likeness::collection {
namespace {

using registration::Match;

constexpr std::uint32_t none = 0xFFFFFFFF;
constexpr std::size_t no_slot = std::numeric_limits<std::size_t>::max();

/// Of 256 bits. Points of different pictures differ in about 90, and rarely in fewer than 50.
constexpr int farthest = 40;

/// Entries of a slot that are looked at, the latest ones: what has many points like it, as straight
/// edges have, tells little.
constexpr int most_looked_at = 16;

/// Hits of two pictures that are held against each other: the nearest ones. Of more, some agree by
/// chance: 64 find no more copies, and suggest twice as many strangers.
constexpr int most_hits = 24;

/// Pictures that are told of.
constexpr std::size_t most_found = 32;

/// Corners that lie within so many 1/32 pixels are one: neighbouring octave parts find it twice.
constexpr int same_place = 32 * 8;

constexpr std::size_t key_bits = 24;

/// The bits of a descriptor that make a table's key. Each was chosen to agree as seldom as can be
/// in points of different pictures and as often as can be in those of copies, given the ones
/// chosen before; each table for the copies that the tables before it miss (600,000 pairs of points
/// of different photographs, 33,000 of edited ones). Together they find four fifths of the latter.
constexpr std::array<std::array<std::uint8_t, key_bits>, 5> keys{{
    {{8,   15,  28,  30,  33,  62,  88,  89,  90,  94,  105, 112,
      115, 133, 143, 149, 152, 159, 168, 178, 182, 216, 217, 222}},
    {{10,  19,  24,  29,  34,  40,  92,  98,  101, 102, 107, 134,
      167, 181, 190, 191, 206, 220, 224, 229, 233, 243, 248, 249}},
    {{63,  74,  75,  78,  85,  104, 110, 121, 124, 141, 153, 154,
      157, 165, 170, 177, 195, 218, 226, 230, 232, 235, 240, 252}},
    {{0,   6,   13,  21,  31,  39,  44,  67,  73,  76,  83,  95,
      115, 120, 158, 172, 180, 198, 203, 204, 211, 213, 217, 238}},
    {{4,   7,   25,  26,  52,  89,  94,  96,  98,  101, 112, 121,
      138, 147, 161, 162, 179, 200, 201, 216, 223, 228, 238, 249}},
}};

bool one_place(const FeaturePoint& p, const FeaturePoint& q) noexcept {
    return std::abs(p.x - q.x) <= same_place && std::abs(p.y - q.y) <= same_place;
}

/// By picture, way round and distance; then by what tells two hits apart.
std::uint64_t order_of(const CornerHit& hit) noexcept {
    const unsigned pair = static_cast<unsigned>(hit.number) << 8U | hit.point;
    const unsigned way = static_cast<unsigned>(hit.mirrored) << 8U | hit.distance;
    return std::uint64_t{hit.item} << 32U | way << 16U | pair;
}

/// How many of the hits of one other picture say the same of how to lay it over.
int count_common(std::span<const CornerHit> hits, std::span<const FeaturePoint> points) {
    if (hits.size() < FeatureIndex::least_common) return 0;
    struct Pair {
        FeaturePoint a;
        FeaturePoint b;
        Match match;
    };
    std::vector<Pair> pairs;
    for (const CornerHit& hit : hits) {
        const FeaturePoint& a = points[hit.point];
        const FeaturePoint b{{}, hit.x, hit.y, hit.direction_x, hit.direction_y, hit.octave_part};
        pairs.push_back({a, b, registration::match_of(a, b, hit.mirrored != 0, hit.distance)});
    }
    int most = 0;
    std::vector<const Pair*> counted;
    for (const Pair& seed : pairs) {
        counted.clear();
        for (const Pair& pair : pairs) {
            const bool known = std::any_of(counted.begin(), counted.end(), [&pair](const Pair* p) {
                return one_place(p->a, pair.a) || one_place(p->b, pair.b);
            });
            if (!known && registration::agrees(seed.match, pair.match)) counted.push_back(&pair);
        }
        most = std::max(most, static_cast<int>(counted.size()));
    }
    return most;
}

}  // namespace

FeatureIndex::FeatureIndex(CornerShare share) {
    constexpr std::size_t all = tables << least_bits;
    first_slot_ = all * share.number / share.count;
    own_slots_ = all * (share.number + std::size_t{1}) / share.count - first_slot_;
    latest_.assign(own_slots_, none);
}

FeatureIndex::Slots FeatureIndex::slots_of(const Descriptor& descriptor) const noexcept {
    Slots slots;
    slots.fill(no_slot);
    const int finer = slot_bits_ - least_bits;
    const std::size_t first_table = first_slot_ >> least_bits;
    for (std::size_t table = first_table; table < tables; ++table) {
        if (table << least_bits >= first_slot_ + own_slots_) break;
        std::uint32_t key = 0;
        for (const std::uint8_t bit : keys[table]) {
            key = key << 1U | static_cast<std::uint32_t>(descriptor[bit / 64U] >> (bit % 64U) & 1U);
        }
        // Multiplicative hashing (D. E. Knuth, The Art of Computer Programming 3, 6.4).
        constexpr std::uint32_t golden = 0x9E3779B1;
        const std::uint32_t hash = key * golden;
        const std::size_t base = (table << least_bits) + (hash >> (32 - least_bits));
        if (base < first_slot_ || base >= first_slot_ + own_slots_) continue;
        const std::size_t mask = (std::size_t{1} << finer) - 1;
        slots[table] = ((base - first_slot_) << finer) + (hash >> (32 - slot_bits_) & mask);
    }
    return slots;
}

void FeatureIndex::link(std::uint32_t number, const Slots& slots) {
    Entry& entry = blocks_[number / block_entries][number % block_entries];
    for (std::size_t table = 0; table < tables; ++table) {
        if (slots[table] == no_slot) continue;
        std::uint32_t& latest = latest_[slots[table]];
        entry.earlier[table] = latest;
        latest = number;
    }
}

void FeatureIndex::grow() {
    ++slot_bits_;
    latest_.assign(own_slots_ << (slot_bits_ - least_bits), none);
    for (std::uint32_t entry = 0; entry < size_; ++entry) {
        link(entry, slots_of(at(entry).descriptor));
    }
}

void FeatureIndex::add(std::uint32_t item, std::span<const FeaturePoint> points) {
    for (std::size_t i = 0; i < points.size(); ++i) {
        const FeaturePoint& point = points[i];
        const Slots slots = slots_of(point.descriptor);
        const bool own = std::any_of(slots.begin(), slots.end(),
                                     [](std::size_t slot) { return slot != no_slot; });
        if (own) {
            if (size_ % block_entries == 0) blocks_.emplace_back().reserve(block_entries);
            blocks_.back().push_back({point.descriptor,
                                      item,
                                      point.x,
                                      point.y,
                                      point.direction_x,
                                      point.direction_y,
                                      point.octave_part,
                                      static_cast<std::uint8_t>(i),
                                      {}});
            link(size_++, slots);
        }
        // By the points of all shares, so that each has the slots that one index would have.
        if (++points_ > std::size_t{2} << slot_bits_) grow();
    }
}

void FeatureIndex::look_up(const Descriptor& straight, std::uint8_t point,
                           std::vector<CornerHit>& hits) const {
    struct Walk {
        std::size_t table;
        bool mirrored;
        std::uint32_t number;
    };
    const std::array<Descriptor, 2> descriptors{
        straight, {straight[2], straight[3], straight[0], straight[1]}};
    const std::array<Slots, 2> slots{slots_of(descriptors[0]), slots_of(descriptors[1])};
    std::array<Walk, 2 * tables> walks{};
    for (std::size_t i = 0; i < walks.size(); ++i) {
        const std::size_t slot = slots[i % 2][i / 2];
        walks[i] = {i / 2, i % 2 == 1, slot == no_slot ? none : latest_[slot]};
    }
    auto last = walks.end();
    // All in turn: what takes time is waiting for memory, and so they wait together.
    for (int looked_at = 0; looked_at < most_looked_at; ++looked_at) {
        last = std::remove_if(walks.begin(), last,
                              [](const Walk& walk) { return walk.number == none; });
        for (auto walk = walks.begin(); walk != last; ++walk) {
            const Entry& entry = at(walk->number);
            const Descriptor& descriptor = descriptors[walk->mirrored ? 1 : 0];
            const int distance = simd::hamming_distance(descriptor.data(), entry.descriptor.data());
            if (distance <= farthest) {
                hits.push_back({.item = entry.item,
                                .x = entry.x,
                                .y = entry.y,
                                .direction_x = entry.direction_x,
                                .direction_y = entry.direction_y,
                                .octave_part = entry.octave_part,
                                .number = entry.number,
                                .point = point,
                                .distance = static_cast<std::uint8_t>(distance),
                                .mirrored = static_cast<std::uint8_t>(walk->mirrored ? 1 : 0)});
            }
            walk->number = entry.earlier[walk->table];
        }
    }
}

std::vector<CornerHit> FeatureIndex::hits(std::span<const FeaturePoint> points) const {
    static_assert(SketchFeatures::max_points <= 256, "the number of a point is a byte");
    std::vector<CornerHit> hits;
    for (std::size_t i = 0; i < points.size(); ++i) {
        look_up(points[i].descriptor, static_cast<std::uint8_t>(i), hits);
    }
    return hits;
}

std::vector<std::uint32_t> common_corners(std::vector<CornerHit> hits,
                                          std::span<const FeaturePoint> points) {
    heap_sort(hits,
              [](const CornerHit& p, const CornerHit& q) { return order_of(p) < order_of(q); });
    // A pair may have met in several tables.
    hits.erase(std::unique(hits.begin(), hits.end(),
                           [](const CornerHit& p, const CornerHit& q) {
                               return order_of(p) == order_of(q);
                           }),
               hits.end());

    struct Found {
        std::uint32_t item;
        int count;
    };
    std::vector<Found> found;
    for (auto first = hits.begin(); first != hits.end();) {
        const std::uint32_t item = first->item;
        const auto last = std::find_if(first, hits.end(), [&](const CornerHit& hit) {
            return hit.item != item || hit.mirrored != first->mirrored;
        });
        const std::size_t count =
            std::min<std::size_t>(static_cast<std::size_t>(last - first), most_hits);
        const int common = count_common({&*first, count}, points);
        if (common >= FeatureIndex::least_common) {
            if (!found.empty() && found.back().item == item) {
                found.back().count = std::max(found.back().count, common);
            } else {
                found.push_back({item, common});
            }
        }
        first = last;
    }
    std::vector<std::uint32_t> items;
    for (int count = most_hits; count >= FeatureIndex::least_common; --count) {
        for (const Found& each : found) {
            if (each.count == count && items.size() < most_found) items.push_back(each.item);
        }
    }
    return items;
}

}  // namespace likeness::collection
