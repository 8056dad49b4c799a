#include "strongest.hpp"

#include <algorithm>
#include <cstddef>

#include "likeness/collection.hpp"

namespace likeness::collection {

std::vector<FeaturePoint> strongest(const std::vector<FeaturePoint>& points) {
    if (points.size() <= PictureSketch::max_points) return points;
    std::vector<FeaturePoint> kept;
    for (auto first = points.begin(); first != points.end();) {
        const auto last = std::find_if(first, points.end(), [&](const FeaturePoint& point) {
            return point.octave_part != first->octave_part;
        });
        const auto all = static_cast<std::size_t>(last - first);
        // In whole numbers: shares that are rounded down never are too many in all.
        const std::size_t share = all * PictureSketch::max_points / points.size();
        kept.insert(kept.end(), first, first + static_cast<std::ptrdiff_t>(share));
        first = last;
    }
    return kept;
}

}  // namespace likeness::collection
