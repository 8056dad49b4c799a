#include "agreement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "tone.hpp"

namespace likeness::registration {
namespace {

/// Detail shows from this variance on: a standard deviation of four levels.
constexpr double least_contrast = 16.0;

/// And corners from this one of the gradients' second moments.
constexpr double least_corners = 1.0;

constexpr int most_smoothings = 48;

double median(std::vector<double> values) {
    if (values.empty()) return 0.0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0.0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

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
    return median(std::move(unexplained));
}

/// Smooths the finer of both for as long as that brings them nearer. Positive for a, negative for
/// b.
int match_bandwidth(Plane& a, Plane& b, const std::vector<Tile>& tiles) {
    const bool a_finer = fineness(a, tiles) > fineness(b, tiles);
    Plane& finer = a_finer ? a : b;
    const auto unexplained = [&](const Plane& smoothed) {
        return a_finer ? typical_unexplained(smoothed, b, tiles)
                       : typical_unexplained(a, smoothed, tiles);
    };
    constexpr double gain = 0.95;
    double best = unexplained(finer);
    int smoothings = 0;
    for (int step = 1; smoothings + step <= most_smoothings; step = std::max(smoothings / 2, 1)) {
        Plane smoothed = smooth(finer, step);
        const double now = unexplained(smoothed);
        if (now > gain * best) break;
        best = now;
        finer = std::move(smoothed);
        smoothings += step;
    }
    return a_finer ? smoothings : -smoothings;
}

/// In units of the picture with more contrast: a curve of slope s makes s² of a variance.
double unit_of(double slope) noexcept {
    constexpr double flattest = 0.05;
    const double s = std::clamp(slope, flattest, 1.0);
    return 1.0 / (s * s);
}

struct Compared {
    double contrast;
    double corners;
    double residual;
    double shift;
};

/// The smaller eigenvalue of the mean products of the gradient: 0 for edges and lines.
double corners_of(const OwnMoments& own) noexcept {
    const double xx = own.xx / tile_area;
    const double xy = own.xy / tile_area;
    const double yy = own.yy / tile_area;
    const double half = (xx - yy) / 2.0;
    return std::max((xx + yy) / 2.0 - std::sqrt(half * half + xy * xy), 0.0);
}

/// Every tile of b, compared with what `curve` makes of a.
std::vector<Compared> compare(const Plane& a, const Plane& b, const ToneCurve& curve,
                              const std::vector<Tile>& tiles) {
    const Plane toned = curve(a);
    const auto own = own_moments(toned, tiles);
    const auto shared = shared_moments(toned, b, tiles);
    const double unit = unit_of(curve.slope());
    std::vector<Compared> compared;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const TileFit fit = fit_tile(own[i], shared[i]);
        compared.push_back({std::max(fit.variance_a, fit.variance_b) * unit,
                            corners_of(own[i]) * unit, fit.residual * unit,
                            std::abs(fit.mean_a - fit.mean_b) * std::sqrt(unit)});
    }
    return compared;
}

void judge_brightness(Agreement& agreement, const Plane& a, const Plane& b,
                      const std::vector<Tile>& tiles) {
    const ToneCurve forward = ToneCurve::fit(a, b, tiles);
    const ToneCurve backward = ToneCurve::fit(b, a, tiles);
    agreement.gain = forward.slope();
    agreement.offset = forward.offset();
    // Where one picture is clipped to white or black, only it follows from the other.
    const auto to_b = compare(a, b, forward, tiles);
    const auto to_a = compare(b, a, backward, tiles);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const Compared& better = to_b[i].residual <= to_a[i].residual ? to_b[i] : to_a[i];
        agreement.tiles.push_back({tiles[i], better.contrast,
                                   std::max(to_b[i].corners, to_a[i].corners), better.residual,
                                   std::min(to_b[i].shift, to_a[i].shift)});
    }
}

/// The limits of what noise explains, from the better tiles': the others may show something else.
void judge_noise(Agreement& agreement) {
    std::vector<double> residuals;
    std::vector<double> shares;
    for (JudgedTile& t : agreement.tiles) {
        t.detailed = t.contrast >= least_contrast;
        t.telling = t.detailed && t.corners >= least_corners;
        if (!t.detailed) continue;
        residuals.push_back(t.residual);
        shares.push_back(t.residual / t.contrast);
    }
    constexpr double better = 0.3;
    agreement.noise = quantile(shares, better);
    const double amount = std::clamp(8.0 * quantile(residuals, better), 60.0, 600.0);
    const double share = std::clamp(8.0 * agreement.noise, 0.1, 0.5);
    constexpr double farthest = 24.0;
    for (JudgedTile& t : agreement.tiles) {
        t.excess = std::max(t.residual / std::max(amount, share * t.contrast), t.shift / farthest);
    }
}

/// Means of the tiles, of a plane at a quarter of the scale.
std::vector<double> tile_means(const Plane& quarter, const std::vector<JudgedTile>& tiles) {
    constexpr int side = tile_side / 4;
    std::vector<double> means;
    for (const JudgedTile& judged : tiles) {
        float sum = 0.0F;
        for (int y = 0; y < side; ++y) {
            for (int x = 0; x < side; ++x) {
                sum += quarter.row(std::min(
                    judged.tile.y / 4 + y,
                    quarter.height() - 1))[std::min(judged.tile.x / 4 + x, quarter.width() - 1)];
            }
        }
        means.push_back(sum / (side * side));
    }
    return means;
}

Plane quarter(const Plane& plane) { return halve(halve(plane)); }

Affine at_quarter(const Affine& map) noexcept {
    return compose(scaling(0.25, 0.25), compose(map, scaling(4.0, 4.0)));
}

constexpr double black = 4.0;
constexpr double white = 251.0;

struct Line {
    double slope = 1.0;
    double offset = 0.0;

    /// Within the range of levels.
    [[nodiscard]] double operator()(double x) const noexcept {
        return std::clamp(slope * x + offset, 0.0, 255.0);
    }
};

/// The line through most of the points (xs[i], ys[i]) that aren't clipped to black or white: least
/// squares, over and over, with points that lie far off weighted less, by Cauchy's function.
Line fit_line(const std::vector<double>& xs, const std::vector<double>& ys) {
    constexpr double scale = 6.0;
    constexpr int turns = 8;
    Line line;
    for (int turn = 0; turn < turns; ++turn) {
        double n = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
        for (std::size_t i = 0; i < xs.size(); ++i) {
            if (std::min(xs[i], ys[i]) < black || std::max(xs[i], ys[i]) > white) continue;
            const double error = (ys[i] - line(xs[i])) / scale;
            const double weight = turn == 0 ? 1.0 : 1.0 / (1.0 + error * error);
            n += weight;
            sx += weight * xs[i];
            sy += weight * ys[i];
            sxx += weight * xs[i] * xs[i];
            sxy += weight * xs[i] * ys[i];
        }
        if (n <= 0.0) return line;
        const double spread = sxx - sx * sx / n;
        line.slope = spread > n ? (sxy - sx * sy / n) / spread : 1.0;
        line.offset = (sy - line.slope * sx) / n;
    }
    return line;
}

/// Of red, green and blue: the means of all tiles.
using ChannelMeans = std::array<std::vector<double>, 3>;

bool grey(const ChannelMeans& means) {
    std::vector<double> spreads;
    for (std::size_t i = 0; i < means[0].size(); ++i) {
        const auto [low, high] = std::minmax({means[0][i], means[1][i], means[2][i]});
        spreads.push_back(high - low);
    }
    constexpr double tolerance = 4.0;
    constexpr double nearly_all = 0.98;
    return quantile(std::move(spreads), nearly_all) <= tolerance;
}

/// Both pictures' tiles have the same colour where each channel of the one follows from the same
/// channel of the other, the way it does in most tiles.
void judge_colours(Agreement& agreement, const Overlap& overlap, const Affine& map) {
    const Planes a = channels_of(overlap.a);
    const Planes b = channels_of(overlap.b);
    ChannelMeans means_a;
    ChannelMeans means_b;
    for (std::size_t channel = 0; channel < a.size(); ++channel) {
        const Plane small = quarter(a[channel]);
        means_a[channel] = tile_means(small, agreement.tiles);
        means_b[channel] =
            tile_means(warp(quarter(b[channel]), at_quarter(map), small.size()), agreement.tiles);
    }
    agreement.grey_a = grey(means_a);
    agreement.grey_b = grey(means_b);
    if (agreement.grey_a != agreement.grey_b) return;
    std::vector<double> errors(agreement.tiles.size());
    for (std::size_t channel = 0; channel < a.size(); ++channel) {
        const auto& ours = means_a[channel];
        const auto& theirs = means_b[channel];
        const Line forward = fit_line(ours, theirs);
        const Line backward = fit_line(theirs, ours);
        for (std::size_t i = 0; i < errors.size(); ++i) {
            const double error = std::min(std::abs(theirs[i] - forward(ours[i])),
                                          std::abs(ours[i] - backward(theirs[i])));
            errors[i] = std::max(errors[i], error);
        }
    }
    const double limit = std::max(30.0, 6.0 * quantile(errors, 0.5));
    for (std::size_t i = 0; i < errors.size(); ++i) {
        agreement.tiles[i].same_colour = errors[i] <= limit;
    }
}

}  // namespace

int Agreement::telling() const noexcept {
    return static_cast<int>(
        std::count_if(tiles.begin(), tiles.end(), [](const JudgedTile& t) { return t.telling; }));
}

double Agreement::share() const noexcept {
    const int all = telling();
    const auto agreeing = std::count_if(tiles.begin(), tiles.end(), [](const JudgedTile& t) {
        return t.telling && t.agrees() && t.same_colour;
    });
    return all > 0 ? static_cast<double>(agreeing) / all : 0.0;
}

Agreement judge(const Overlap& overlap, const Affine& map) {
    Plane a = luma_of(overlap.a);
    const Plane b = luma_of(overlap.b);
    const auto tiles = tiles_inside(a.size(), map, b.size());
    Agreement agreement;
    if (tiles.empty()) return agreement;
    Plane laid_over = warp(b, map, a.size());
    agreement.blur = match_bandwidth(a, laid_over, tiles);
    judge_brightness(agreement, smooth(a), smooth(laid_over), tiles);
    judge_noise(agreement);
    judge_colours(agreement, overlap, map);
    return agreement;
}

}  // namespace likeness::registration
