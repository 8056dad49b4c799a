#include "tiles.hpp"

#include <algorithm>
#include <cmath>

#include "simd.hpp"

namespace likeness::registration {
namespace {

using simd::Float32x4;

constexpr int lanes = 4;

/// Taken off all levels: it changes nothing but the rounding.
constexpr float middle = 128.0F;

double sum_of(Float32x4 v) noexcept {
    return (static_cast<double>(v[0]) + v[1]) + (static_cast<double>(v[2]) + v[3]);
}

Float32x4 load(const float* source) noexcept { return simd::load<Float32x4>(source); }

/// The rows above and below, within the plane.
struct Rows {
    Rows(const Plane& plane, int y) noexcept
        : above(plane.row(std::max(y - 1, 0))),
          here(plane.row(y)),
          below(plane.row(std::min(y + 1, plane.height() - 1))) {}

    const float* above;
    const float* here;
    const float* below;
};

/// Half of the difference of both neighbours.
Float32x4 gradient_x(const float* at, bool first, bool last) noexcept {
    Float32x4 before = load(at - (first ? 0 : 1));
    Float32x4 after = load(at + (last ? 0 : 1));
    if (first) before = Float32x4{at[0], at[0], at[1], at[2]};
    if (last) after = Float32x4{at[1], at[2], at[3], at[3]};
    return (after - before) * 0.5F;
}

/// Calls use(a, dx, dy, x) for four pixels of a row of a tile at a time.
template <class Use>
void for_tile_row(const Plane& a, const Tile& tile, int y, Use use) noexcept {
    const Rows rows(a, y);
    for (int i = 0; i < tile_side; i += lanes) {
        const int x = tile.x + i;
        const Float32x4 dx = gradient_x(rows.here + x, x == 0, x + lanes == a.width());
        const Float32x4 dy = (load(rows.below + x) - load(rows.above + x)) * 0.5F;
        use(load(rows.here + x) - middle, dx, dy, x);
    }
}

}  // namespace

std::vector<Tile> tiles_inside(Size size, const Affine& map, Size other) {
    // The outermost pixels are mixed with what lies beyond.
    constexpr int margin = 2;
    constexpr double other_margin = 1.0;
    std::vector<Tile> tiles;
    const auto first = [](int side) {
        return margin + std::max(side - 2 * margin, 0) % tile_side / 2;
    };
    const auto inside = [&](int x, int y) {
        const Point p = map({static_cast<double>(x), static_cast<double>(y)});
        return p.x >= other_margin && p.y >= other_margin && p.x <= other.width - other_margin &&
               p.y <= other.height - other_margin;
    };
    for (int y = first(size.height); y + tile_side <= size.height - margin; y += tile_side) {
        for (int x = first(size.width); x + tile_side <= size.width - margin; x += tile_side) {
            if (inside(x, y) && inside(x + tile_side, y) && inside(x, y + tile_side) &&
                inside(x + tile_side, y + tile_side)) {
                tiles.push_back({x, y});
            }
        }
    }
    return tiles;
}

std::vector<OwnMoments> own_moments(const Plane& a, const std::vector<Tile>& tiles) {
    std::vector<OwnMoments> moments;
    moments.reserve(tiles.size());
    for (const Tile& tile : tiles) {
        Float32x4 sa{}, saa{}, sdx{}, sdy{}, sax{}, say{}, sxx{}, sxy{}, syy{};
        for (int y = tile.y; y < tile.y + tile_side; ++y) {
            for_tile_row(a, tile, y, [&](Float32x4 v, Float32x4 dx, Float32x4 dy, int) {
                sa += v;
                saa += v * v;
                sdx += dx;
                sdy += dy;
                sax += v * dx;
                say += v * dy;
                sxx += dx * dx;
                sxy += dx * dy;
                syy += dy * dy;
            });
        }
        moments.push_back({sum_of(sa), sum_of(saa), sum_of(sdx), sum_of(sdy), sum_of(sax),
                           sum_of(say), sum_of(sxx), sum_of(sxy), sum_of(syy)});
    }
    return moments;
}

std::vector<SharedMoments> shared_moments(const Plane& a, const Plane& b,
                                          const std::vector<Tile>& tiles) {
    std::vector<SharedMoments> moments;
    moments.reserve(tiles.size());
    for (const Tile& tile : tiles) {
        Float32x4 sb{}, sbb{}, sab{}, sbx{}, sby{};
        for (int y = tile.y; y < tile.y + tile_side; ++y) {
            const float* other = b.row(y);
            for_tile_row(a, tile, y, [&](Float32x4 v, Float32x4 dx, Float32x4 dy, int x) {
                const Float32x4 w = load(other + x) - middle;
                sb += w;
                sbb += w * w;
                sab += v * w;
                sbx += w * dx;
                sby += w * dy;
            });
        }
        moments.push_back({sum_of(sb), sum_of(sbb), sum_of(sab), sum_of(sbx), sum_of(sby)});
    }
    return moments;
}

namespace {

constexpr double middle_level = middle;

double variance(double squares, double sum) noexcept {
    const double mean = sum / tile_area;
    return std::max(squares / tile_area - mean * mean, 0.0);
}

double covariance(double products, double p, double q) noexcept {
    return products / tile_area - (p / tile_area) * (q / tile_area);
}

/// By how much the variance of b − gain · a falls where a may move by a pixel at most: one step
/// along its gradients, by the normal equations.
double gained_by_moving(const OwnMoments& own, const SharedMoments& shared, double gain) noexcept {
    const double xx = gain * gain * variance(own.xx, own.dx);
    const double xy = gain * gain * covariance(own.xy, own.dx, own.dy);
    const double yy = gain * gain * variance(own.yy, own.dy);
    const double bx =
        gain * (covariance(shared.bx, shared.b, own.dx) - gain * covariance(own.ax, own.a, own.dx));
    const double by =
        gain * (covariance(shared.by, shared.b, own.dy) - gain * covariance(own.ay, own.a, own.dy));
    // A little of the gradients' own energy keeps edges that show no motion along them in place.
    const double ridge = 0.01 * (xx + yy) + 1e-6;
    const double determinant = (xx + ridge) * (yy + ridge) - xy * xy;
    double u = ((yy + ridge) * bx - xy * by) / determinant;
    double v = ((xx + ridge) * by - xy * bx) / determinant;
    const double length = std::sqrt(u * u + v * v);
    constexpr double farthest = 1.0;
    if (length > farthest) {
        u *= farthest / length;
        v *= farthest / length;
    }
    return std::max(2.0 * (u * bx + v * by) - (u * u * xx + 2.0 * u * v * xy + v * v * yy), 0.0);
}

}  // namespace

TileFit fit_tile(const OwnMoments& own, const SharedMoments& shared) noexcept {
    TileFit fit{own.a / tile_area + middle_level,
                shared.b / tile_area + middle_level,
                variance(own.aa, own.a),
                variance(shared.bb, shared.b),
                covariance(shared.ab, own.a, shared.b),
                0.0,
                1.0,
                0.0};
    constexpr double uniform = 1e-3;
    const auto left_of_b = [&](double gain) {
        const double still =
            fit.variance_b + gain * gain * fit.variance_a - 2.0 * gain * fit.covariance;
        return std::max(still - gained_by_moving(own, shared, gain), 0.0);
    };
    const double gain = fit.variance_a < uniform ? 1.0 : fit.covariance / fit.variance_a;
    fit.residual = left_of_b(std::clamp(gain, 2.0 / 3.0, 1.5));
    if (fit.variance_a < uniform || fit.variance_b < uniform) return fit;
    fit.correlation = fit.covariance / std::sqrt(fit.variance_a * fit.variance_b);
    if (gain > 0.0) fit.unexplained = std::min(left_of_b(gain) / fit.variance_b, 1.0);
    return fit;
}

}  // namespace likeness::registration
