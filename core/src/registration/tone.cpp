#include "tone.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace likeness::registration {
namespace {

constexpr int levels = 256;
constexpr int width = levels / ToneCurve::knots;

/// A knot's level, in the middle of those that it stands for.
constexpr double level_of(std::size_t knot) {
    return (static_cast<double>(knot) + 0.5) * width - 0.5;
}

struct Knot {
    double level;
    double weight;
};

std::size_t whole_level(float value) noexcept {
    return static_cast<std::size_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
}

using Histogram = std::vector<int>;

/// [knot of a][level of b]
Histogram joint_histogram(std::span<const float> a, std::span<const float> b) {
    Histogram counts(std::size_t{ToneCurve::knots} * levels);
    for (std::size_t i = 0; i < a.size(); ++i) {
        ++counts[whole_level(a[i]) / std::size_t{width} * std::size_t{levels} + whole_level(b[i])];
    }
    return counts;
}

Knot median_of(const int* counts) noexcept {
    int total = 0;
    for (int i = 0; i < levels; ++i) total += counts[i];
    int below = 0;
    int level = 0;
    while (level < levels - 1 && 2 * (below + counts[level]) < total) below += counts[level++];
    return {static_cast<double>(level), static_cast<double>(total)};
}

/// Neighbours that fall become one, at their mean.
void pool(std::vector<std::pair<double, Knot>>& knots_by_level) {
    std::vector<Knot> pooled;
    std::vector<std::size_t> sizes;
    for (const auto& [at, knot] : knots_by_level) {
        pooled.push_back(knot);
        sizes.push_back(1);
        while (pooled.size() > 1 && pooled[pooled.size() - 2].level > pooled.back().level) {
            const Knot last = pooled.back();
            const std::size_t size = sizes.back();
            pooled.pop_back();
            sizes.pop_back();
            Knot& before = pooled.back();
            before.level = (before.level * before.weight + last.level * last.weight) /
                           (before.weight + last.weight);
            before.weight += last.weight;
            sizes.back() += size;
        }
    }
    std::size_t next = 0;
    for (std::size_t i = 0; i < pooled.size(); ++i) {
        for (std::size_t j = 0; j < sizes[i]; ++j) {
            knots_by_level[next++].second.level = pooled[i].level;
        }
    }
}

struct Line {
    double slope;
    double offset;
};

/// By least squares, without the knots that are clipped to black or white like their inner
/// neighbour. A slope of 1 where all are one.
Line line_through(const std::vector<std::pair<double, Knot>>& all) {
    constexpr double black = 4.0;
    constexpr double white = 251.0;
    std::vector<std::pair<double, Knot>> unclipped;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool too_bright = i > 0 && all[i - 1].second.level > white;
        const bool too_dark = i + 1 < all.size() && all[i + 1].second.level < black;
        if (!too_bright && !too_dark) unclipped.push_back(all[i]);
    }
    double n = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
    for (const auto& [x, knot] : unclipped) {
        n += knot.weight;
        sx += knot.weight * x;
        sy += knot.weight * knot.level;
        sxx += knot.weight * x * x;
        sxy += knot.weight * x * knot.level;
    }
    const double spread = sxx - sx * sx / n;
    const double slope = spread > n ? (sxy - sx * sy / n) / spread : 1.0;
    return {slope, (sy - slope * sx) / n};
}

/// How far a curve may leave its line, in levels: gamma and contrast curves do by less. What bends
/// more lays other brightness over the same shapes.
constexpr double most_bend = 40.0;

}  // namespace

ToneCurve ToneCurve::fit(std::span<const float> a, std::span<const float> b) {
    const Histogram counts = joint_histogram(a, b);
    const double rare = 0.001 * static_cast<double>(a.size());
    std::vector<std::pair<double, Knot>> known;
    for (std::size_t i = 0; i < knots; ++i) {
        const Knot knot = median_of(counts.data() + i * levels);
        if (knot.weight > rare) known.emplace_back(level_of(i), knot);
    }
    ToneCurve curve;
    if (known.empty()) return curve;
    pool(known);

    const Line line = line_through(known);
    curve.slope_ = line.slope;

    for (std::size_t i = 0, next = 0; i < knots; ++i) {
        const double x = level_of(i);
        while (next < known.size() && known[next].first < x) ++next;
        double y = 0.0;
        if (next == 0) {
            y = known.front().second.level + curve.slope_ * (x - known.front().first);
        } else if (next == known.size()) {
            y = known.back().second.level + curve.slope_ * (x - known.back().first);
        } else {
            const auto& [x0, before] = known[next - 1];
            const auto& [x1, after] = known[next];
            y = before.level + (after.level - before.level) * (x - x0) / (x1 - x0);
        }
        const double straight = std::clamp(line.slope * x + line.offset, 0.0, 255.0);
        curve.levels_[i] = static_cast<float>(std::clamp(y, std::max(straight - most_bend, 0.0),
                                                         std::min(straight + most_bend, 255.0)));
    }
    return curve;
}

float ToneCurve::operator()(float level) const noexcept {
    constexpr float last = knots - 1;
    const float position = std::clamp((level + 0.5F) / width - 0.5F, 0.0F, last);
    const auto knot = std::min(static_cast<std::size_t>(position), std::size_t{knots - 2});
    const float share = position - static_cast<float>(knot);
    return levels_[knot] + share * (levels_[knot + 1] - levels_[knot]);
}

}  // namespace likeness::registration
