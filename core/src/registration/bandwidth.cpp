#include "bandwidth.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace likeness::registration {
namespace {

/// A tile counts from this variance on.
constexpr double least_contrast = 16.0;

constexpr int most_smoothings = 64;

double energy_of_difference(const Plane& p, const Plane& q, const std::vector<Tile>& tiles) {
    double sum = 0.0;
    for (const Tile& tile : tiles) {
        float part = 0.0F;
        for (int y = tile.y; y < tile.y + tile_side; ++y) {
            const float* u = p.row(y) + tile.x;
            const float* v = q.row(y) + tile.x;
            for (int i = 0; i < tile_side; ++i) part += (u[i] - v[i]) * (u[i] - v[i]);
        }
        sum += part;
    }
    return sum;
}

/// The energy of detail of about a pixel, to that of about two: less in a blurred picture, more in
/// a noisy one. `soft` is the plane, smoothed once; `ground` is added to the coarser energy of each
/// pixel, in squared levels.
double fineness(const Plane& plane, const Plane& soft, const std::vector<Tile>& tiles,
                double ground) {
    const Plane softer = smooth(soft, 2);
    const double coarse = energy_of_difference(soft, softer, tiles) +
                          ground * tile_area * static_cast<double>(tiles.size());
    return coarse > 0.0 ? energy_of_difference(plane, soft, tiles) / coarse : 0.0;
}

/// What the better tiles of b leave open of a's, a quarter of all. The others may show something
/// else: of letters all over one picture a typical tile would say that smoothing helps, which wipes
/// them off.
double least_unexplained(const Plane& a, const Plane& b, const std::vector<Tile>& tiles) {
    const auto own = own_moments(a, tiles);
    const auto shared = shared_moments(a, b, tiles);
    std::vector<double> unexplained;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const TileFit fit = fit_tile(own[i], shared[i]);
        if (std::max(fit.variance_a, fit.variance_b) >= least_contrast) {
            unexplained.push_back(fit.unexplained);
        }
    }
    if (unexplained.empty()) return 0.0;
    const auto last = unexplained.begin() + static_cast<std::ptrdiff_t>(unexplained.size() / 4);
    std::nth_element(unexplained.begin(), last, unexplained.end());
    return *last;
}

}  // namespace

double fineness(const Plane& plane) {
    return fineness(plane, smooth(plane), tiles_inside(plane.size(), Affine(), plane.size()), 0.0);
}

int smoothings_to_equal(Pyramid& a, int level_a, const std::vector<Tile>& tiles_a, Pyramid& b,
                        int level_b, const std::vector<Tile>& tiles_b) {
    const auto fineness_at = [](Pyramid& pyramid, int level, const std::vector<Tile>& tiles,
                                int smoothings) {
        const Plane& soft = pyramid.at(level, smoothings + 1);
        const double coarse = energy_of_difference(soft, pyramid.at(level, smoothings + 3), tiles);
        const double fine = energy_of_difference(pyramid.at(level, smoothings), soft, tiles);
        return coarse > 0.0 ? fine / coarse : 0.0;
    };
    const double fine_a = fineness_at(a, level_a, tiles_a, 1);
    const double fine_b = fineness_at(b, level_b, tiles_b, 1);
    const bool a_finer = fine_a > fine_b;
    constexpr double tolerance = 1.5;
    constexpr int most = 12;
    int smoothings = 0;
    double now = std::max(fine_a, fine_b);
    while (smoothings < most && now > tolerance * std::min(fine_a, fine_b)) {
        ++smoothings;
        now = a_finer ? fineness_at(a, level_a, tiles_a, 1 + smoothings)
                      : fineness_at(b, level_b, tiles_b, 1 + smoothings);
    }
    return a_finer ? smoothings : -smoothings;
}

Matched match_bandwidth(const Plane& a, const Plane& b, const std::vector<Tile>& tiles) {
    Matched matched{smooth(a), smooth(b), 0};
    double best = least_unexplained(a, b, tiles);
    // Rounding to whole levels leaves as much between soft pictures of two sizes; smoothing would
    // only smooth that away, and pass for a blur.
    constexpr double of_rounding = 0.0025;
    if (best <= of_rounding) return matched;
    // Of a blurred picture's finest detail, rounding to whole levels is nearly all: without a
    // ground that it drowns in, it would pass for sharpness.
    constexpr double rounding = 0.05;
    const bool a_finer =
        fineness(a, matched.a, tiles, rounding) > fineness(b, matched.b, tiles, rounding);
    // The first steps of many hardly show: where the pictures are far apart, some that don't help
    // are forgiven.
    constexpr double gain = 0.95;
    constexpr double far_apart = 0.03;
    constexpr int most_failures = 3;
    Plane current = a_finer ? matched.a : matched.b;
    for (int smoothings = 1, failures = 0; smoothings <= most_smoothings; smoothings *= 2) {
        if (smoothings > 1) current = smooth(current, smoothings / 2);
        const double now =
            a_finer ? least_unexplained(current, b, tiles) : least_unexplained(a, current, tiles);
        if (now <= gain * best) {
            best = now;
            matched.smoothings = a_finer ? smoothings : -smoothings;
            (a_finer ? matched.a : matched.b) = smooth(current);
            failures = 0;
        } else if (best < far_apart || ++failures > most_failures) {
            break;
        }
    }
    return matched;
}

}  // namespace likeness::registration
