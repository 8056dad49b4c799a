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
/// a noisy one.
double fineness(const Plane& plane, const std::vector<Tile>& tiles) {
    const Plane soft = smooth(plane);
    const Plane softer = smooth(soft, 2);
    const double coarse = energy_of_difference(soft, softer, tiles);
    return coarse > 0.0 ? energy_of_difference(plane, soft, tiles) / coarse : 0.0;
}

/// What a typical tile of b leaves open of a's.
double typical_unexplained(const Plane& a, const Plane& b, const std::vector<Tile>& tiles) {
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
    const auto middle = unexplained.begin() + static_cast<std::ptrdiff_t>(unexplained.size() / 2);
    std::nth_element(unexplained.begin(), middle, unexplained.end());
    return *middle;
}

}  // namespace

double fineness(const Plane& plane) {
    return fineness(plane, tiles_inside(plane.size(), Affine(), plane.size()));
}

int equalise_fineness(Plane& a, Plane& b) {
    const double fine_a = fineness(a);
    const double fine_b = fineness(b);
    const bool a_finer = fine_a > fine_b;
    Plane& finer = a_finer ? a : b;
    constexpr double tolerance = 1.5;
    constexpr int most = 12;
    int smoothings = 0;
    while (smoothings < most && fineness(finer) > tolerance * std::min(fine_a, fine_b)) {
        finer = smooth(finer);
        ++smoothings;
    }
    return a_finer ? smoothings : -smoothings;
}

int match_bandwidth(Plane& a, Plane& b, const std::vector<Tile>& tiles) {
    const bool a_finer = fineness(a, tiles) > fineness(b, tiles);
    Plane& finer = a_finer ? a : b;
    const auto unexplained = [&](const Plane& smoothed) {
        return a_finer ? typical_unexplained(smoothed, b, tiles)
                       : typical_unexplained(a, smoothed, tiles);
    };
    // The first steps of many hardly show: where the pictures are far apart, some that don't help
    // are forgiven.
    constexpr double gain = 0.95;
    constexpr double far_apart = 0.03;
    constexpr int most_failures = 3;
    double best = unexplained(finer);
    int chosen = 0;
    int failures = 0;
    Plane current = finer;
    for (int smoothings = 1; smoothings <= most_smoothings; smoothings *= 2) {
        current = smooth(current, std::max(smoothings / 2, 1));
        const double now = unexplained(current);
        if (now <= gain * best) {
            best = now;
            chosen = smoothings;
            finer = current;
            failures = 0;
        } else if (best < far_apart || ++failures > most_failures) {
            break;
        }
    }
    return a_finer ? chosen : -chosen;
}

}  // namespace likeness::registration
