/// @file
/// A picture's brightness at halved scales, each smoothed ever more.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <utility>

#include "plane.hpp"

namespace likeness::registration {

/// What was asked for once is kept: several transforms of one picture are tried.
class Pyramid {
public:
    static constexpr int levels = 5;

    explicit Pyramid(Plane luma) { planes_[0].push_back(std::move(luma)); }

    /// Halved `level` times, then smoothed so many times. Valid as long as the pyramid.
    [[nodiscard]] const Plane& at(int level, int smoothings) {
        auto& planes = planes_[static_cast<std::size_t>(level)];
        if (planes.empty()) planes.push_back(halve(at(level - 1, 0)));
        while (planes.size() <= static_cast<std::size_t>(smoothings)) {
            planes.push_back(smooth(planes.back()));
        }
        return planes[static_cast<std::size_t>(smoothings)];
    }

private:
    std::array<std::deque<Plane>, levels> planes_;
};

}  // namespace likeness::registration
