#include "leaf_order.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "heap_sort.hpp"

namespace likeness::collection {
namespace {

using Group = std::vector<std::size_t>;

class Tree {
public:
    Tree(std::size_t size, std::span<const double> cosines)
        : size_(size), cosines_(cosines), groups_(size), group_of_(size) {
        for (std::size_t i = 0; i < size; ++i) groups_[i] = {i};
        std::iota(group_of_.begin(), group_of_.end(), std::size_t{0});
    }

    void join(std::size_t i, std::size_t j) {
        const std::size_t first = group_of_[i];
        const std::size_t second = group_of_[j];
        if (first == second) return;
        turn(groups_[first], groups_[second]);
        for (const std::size_t item : groups_[second]) group_of_[item] = first;
        groups_[first].insert(groups_[first].end(), groups_[second].begin(), groups_[second].end());
        groups_[second].clear();
    }

    [[nodiscard]] Group take() && {
        return size_ == 0 ? Group() : std::move(groups_[group_of_[0]]);
    }

private:
    [[nodiscard]] double at(std::size_t i, std::size_t j) const { return cosines_[i * size_ + j]; }

    /// So that the last of one and the first of the other are as alike as can be.
    void turn(Group& left, Group& right) const {
        double best = -std::numeric_limits<double>::infinity();
        bool turn_left = false;
        bool turn_right = false;
        for (const bool l : {false, true}) {
            for (const bool r : {false, true}) {
                const double meeting =
                    at(l ? left.front() : left.back(), r ? right.back() : right.front());
                if (meeting <= best) continue;
                best = meeting;
                turn_left = l;
                turn_right = r;
            }
        }
        if (turn_left) std::reverse(left.begin(), left.end());
        if (turn_right) std::reverse(right.begin(), right.end());
    }

    std::size_t size_;
    std::span<const double> cosines_;
    std::vector<Group> groups_;
    std::vector<std::size_t> group_of_;
};

}  // namespace

std::vector<std::size_t> leaf_order(std::size_t size, std::span<const double> cosines) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = i + 1; j < size; ++j) pairs.emplace_back(i, j);
    }
    heap_sort(pairs, [&](const auto& p, const auto& q) {
        const double cosine_p = cosines[p.first * size + p.second];
        const double cosine_q = cosines[q.first * size + q.second];
        return cosine_p > cosine_q || (cosine_p == cosine_q && p < q);
    });
    Tree tree(size, cosines);
    for (const auto& [i, j] : pairs) tree.join(i, j);
    return std::move(tree).take();
}

}  // namespace likeness::collection
