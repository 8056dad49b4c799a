#include "matching.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "features.hpp"
#include "simd.hpp"

namespace likeness::registration {
namespace {

/// Of 256 bits. Unlike points lie around 128, and rarely below 80.
constexpr int farthest = 88;

/// The nearest must be nearer than this share of the second nearest's distance.
constexpr double ratio = 0.85;

/// Points of b within so many pixels are one place: neighbouring octave parts find one corner
/// twice.
constexpr int same_place = 6;

std::array<std::uint64_t, 4> mirror(const std::array<std::uint64_t, 4>& words) noexcept {
    return {words[2], words[3], words[0], words[1]};
}

bool one_place(const FeaturePoint& p, const FeaturePoint& q) noexcept {
    constexpr int units = 32 * same_place;
    return std::abs(p.x - q.x) <= units && std::abs(p.y - q.y) <= units;
}

}  // namespace

Match match_of(const FeaturePoint& from, const FeaturePoint& to, bool mirrored,
               int distance) noexcept {
    // Of complex numbers z = to / from, where mirrored to / conjugate(from).
    const double side = mirrored ? -1.0 : 1.0;
    const double x = from.direction_x;
    const double y = side * from.direction_y;
    const double u = to.direction_x;
    const double v = to.direction_y;
    const double energy = x * x + y * y;
    const double factor = point_scale(from) / point_scale(to) / energy;
    const double real = (x * u + y * v) * factor;
    const double imaginary = (x * v - y * u) * factor;
    const Affine turn{real, -side * imaginary, 0.0, imaginary, side * real, 0.0};
    const Point p = turn(position(from));
    const Point q = position(to);
    return {{position(from), q}, compose(translation(q.x - p.x, q.y - p.y), turn), distance};
}

std::vector<Match> match_features(const PictureFeatures& a, const PictureFeatures& b,
                                  bool mirrored) {
    std::vector<Match> matches;
    std::vector<int> distances(b.points.size());
    for (const FeaturePoint& point : a.points) {
        const auto words = mirrored ? mirror(point.descriptor) : point.descriptor;
        std::size_t best = 0;
        for (std::size_t i = 0; i < b.points.size(); ++i) {
            distances[i] = simd::hamming_distance(words.data(), b.points[i].descriptor.data());
            if (distances[i] < distances[best]) best = i;
        }
        if (b.points.empty() || distances[best] > farthest) continue;
        int second = 256;
        for (std::size_t i = 0; i < b.points.size(); ++i) {
            if (distances[i] < second && !one_place(b.points[i], b.points[best])) {
                second = distances[i];
            }
        }
        if (distances[best] > ratio * second) continue;
        const FeaturePoint& other = b.points[best];
        matches.push_back(match_of(point, other, mirrored, distances[best]));
    }
    return matches;
}

}  // namespace likeness::registration
