/// @file
/// A picture's brightness at halved scales, each smoothed ever more.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "plane.hpp"

namespace likeness::registration {

/// What was asked for once is kept: several transforms of one picture are tried.
class Pyramid {
public:
    static constexpr int levels = 5;

    explicit Pyramid(Plane luma) { add(planes_[0], std::move(luma)); }

    /// Halved `level` times, then smoothed so many times. Valid as long as the pyramid.
    [[nodiscard]] const Plane& at(int level, int smoothings) {
        auto& planes = planes_[static_cast<std::size_t>(level)];
        if (planes.empty()) add(planes, halve(at(level - 1, 0)));
        while (planes.size() <= static_cast<std::size_t>(smoothings)) {
            add(planes, smooth(*planes.back()));
        }
        return *planes[static_cast<std::size_t>(smoothings)];
    }

private:
    /// Each on its own: who was handed one keeps it while others are added.
    using Planes = std::vector<std::unique_ptr<const Plane>>;

    static void add(Planes& planes, Plane plane) {
        planes.push_back(std::make_unique<const Plane>(std::move(plane)));
    }

    std::array<Planes, levels> planes_;
};

}  // namespace likeness::registration
