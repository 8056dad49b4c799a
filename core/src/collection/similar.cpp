#include <algorithm>
#include <cmath>
#include <queue>
#include <tuple>
#include <utility>

#include "heap_sort.hpp"
#include "likeness/collection.hpp"

namespace likeness {
namespace {

/// Cosines are counted in steps of 1 / 32,768.
constexpr int steps = 32768;

std::size_t step_of(double cosine) noexcept {
    const double step = (std::clamp(cosine, -1.0, 1.0) + 1.0) * steps + 0.5;
    return static_cast<std::size_t>(step);
}

/// Pictures whose cosines are computed at once.
constexpr std::size_t band_rows = 8;

/// Below any cosine.
constexpr float lowest = -2.0F;

/// A picture that may become a centre, and what speaks for it.
struct Centre {
    std::size_t count;
    double sum;
    std::size_t item;

    bool operator<(const Centre& other) const noexcept {
        return std::tuple(count, sum, other.item) < std::tuple(other.count, other.sum, item);
    }
};

/// The order of the pictures that are like one: of equally alike ones by number.
constexpr auto more_alike = [](const auto& p, const auto& q) {
    return p.cosine > q.cosine || (p.cosine == q.cosine && p.item < q.item);
};

}  // namespace

std::vector<SimilarGroup> SimilarGroups::from(double cosine) const {
    std::vector<bool> taken(alike_.size());
    const auto centre_of = [&](std::size_t item) {
        Centre centre{0, 0.0, item};
        for (const Alike& alike : alike_[item]) {
            if (static_cast<double>(alike.cosine) < cosine) break;
            if (taken[alike.item]) continue;
            ++centre.count;
            centre.sum += alike.cosine;
        }
        return centre;
    };
    std::priority_queue<Centre> queue;
    for (std::size_t item = 0; item < alike_.size(); ++item) {
        const Centre centre = centre_of(item);
        if (centre.count > 0) queue.push(centre);
    }
    std::vector<SimilarGroup> groups;
    while (!queue.empty()) {
        const Centre known = queue.top();
        queue.pop();
        if (taken[known.item]) continue;
        // What others have taken since only ever makes a centre worse: it is the best one if it
        // still is when that is known.
        const Centre now = centre_of(known.item);
        if (now.count == 0) continue;
        if (now < known) {
            queue.push(now);
            continue;
        }
        SimilarGroup group{known.item, {}};
        taken[known.item] = true;
        for (const Alike& alike : alike_[known.item]) {
            if (static_cast<double>(alike.cosine) < cosine) break;
            if (taken[alike.item]) continue;
            taken[alike.item] = true;
            group.alike.push_back(alike.item);
        }
        groups.push_back(std::move(group));
    }
    heap_sort(groups,
              [](const SimilarGroup& p, const SimilarGroup& q) { return p.centre < q.centre; });
    return groups;
}

std::uint64_t SimilarGroups::pairs_from(double cosine) const noexcept {
    if (cosine > 1.0) return 0;
    std::uint64_t sum = 0;
    for (std::size_t step = step_of(cosine); step < counts_.size(); ++step) sum += counts_[step];
    return sum;
}

SimilarSearch::SimilarSearch(const Collection& collection)
    : embeddings_(&collection.embeddings()), least_(embeddings_->size(), lowest) {
    groups_.alike_.resize(embeddings_->size());
    groups_.counts_.resize(2 * steps + 1);
}

bool SimilarSearch::advance(std::size_t rows) {
    const std::size_t size = groups_.size();
    const std::size_t end = next_ + std::min(rows, size - next_);
    while (next_ < end) {
        const std::size_t last = std::min(next_ + band_rows, end);
        band_.resize(embeddings_->pair_count(next_, last));
        // The rows are there, and the room is right.
        if (!embeddings_->pairwise(next_, last, band_)) return false;
        const float* cosine = band_.data();
        for (; next_ < last; ++next_) {
            for (std::size_t other = next_ + 1; other < size; ++other, ++cosine) {
                ++groups_.counts_[step_of(*cosine)];
                take(next_, other, *cosine);
                take(other, next_, *cosine);
            }
        }
    }
    return next_ < size;
}

/// A picture's others come in ascending order: of equally alike ones the first stays.
void SimilarSearch::take(std::size_t item, std::size_t other, float cosine) {
    if (cosine <= least_[item]) return;
    auto& alike = groups_.alike_[item];
    if (alike.size() == SimilarGroups::most_alike) {
        std::pop_heap(alike.begin(), alike.end(), more_alike);
        alike.pop_back();
    }
    alike.push_back({cosine, static_cast<std::uint32_t>(other)});
    std::push_heap(alike.begin(), alike.end(), more_alike);
    if (alike.size() == SimilarGroups::most_alike) least_[item] = alike.front().cosine;
}

SimilarGroups SimilarSearch::finish() {
    for (auto& alike : groups_.alike_) {
        std::sort_heap(alike.begin(), alike.end(), more_alike);
    }
    return std::move(groups_);
}

}  // namespace likeness
