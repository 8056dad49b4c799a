#include "agreement.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace likeness::registration {
namespace {

/// Detail shows from this variance on: a standard deviation of two and a half levels.
constexpr double least_variance = 6.0;

constexpr int most_smoothings = 24;

/// What is left of a plane's energy at two scales, over the tiles: the fine one within a pixel or
/// two, the coarse one within four to eight.
struct Bandwidth {
    double fine = 0.0;
    double coarse = 0.0;
};

double mean_square_difference(const Plane& p, const Plane& q, const std::vector<Tile>& tiles) {
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

/// The share of fine detail; less for a blurred picture, more for a noisy one.
double fineness(const Plane& plane, const std::vector<Tile>& tiles) {
    const Plane soft = smooth(plane, 1);
    const Plane softer = smooth(soft, 2);
    const double fine = mean_square_difference(plane, soft, tiles);
    const double coarse = mean_square_difference(soft, softer, tiles);
    return coarse > 0.0 ? fine / coarse : 0.0;
}

/// Smooths the finer of both until the other one is as fine. Positive for a, negative for b.
int match_bandwidth(Plane& a, Plane& b, const std::vector<Tile>& tiles) {
    const double fine_a = fineness(a, tiles);
    const double fine_b = fineness(b, tiles);
    const int sign = fine_a > fine_b ? 1 : -1;
    Plane& finer = fine_a > fine_b ? a : b;
    const double goal = std::min(fine_a, fine_b);
    constexpr double tolerance = 1.1;
    int smoothings = 0;
    while (smoothings < most_smoothings && fineness(finer, tiles) > tolerance * goal) {
        finer = smooth(finer);
        ++smoothings;
    }
    return sign * smoothings;
}

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

struct Line {
    double slope = 1.0;
    double offset = 0.0;

    [[nodiscard]] double operator()(double x) const noexcept { return slope * x + offset; }
};

/// By least squares, each point weighted by 1 / (1 + (error / scale)²), some times over. A slope of
/// 1 where all x are one.
template <class Points>
Line fit_line(const Points& points, double scale) {
    Line line;
    line.offset = 0.0;
    for (int turn = 0; turn < 8; ++turn) {
        double n = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
        for (const auto& [x, y] : points) {
            const double error = (y - line(x)) / scale;
            const double weight = turn == 0 ? 1.0 : 1.0 / (1.0 + error * error);
            n += weight;
            sx += weight * x;
            sy += weight * y;
            sxx += weight * x * x;
            sxy += weight * x * y;
        }
        if (n <= 0.0) return line;
        const double spread = sxx - sx * sx / n;
        line.slope = spread > n ? (sxy - sx * sy / n) / spread : 1.0;
        line.offset = (sy - line.slope * sx) / n;
    }
    return line;
}

/// What noise leaves open of a tile: a share of its variance and an amount.
struct NoiseModel {
    double share;
    double amount;  ///< In squared levels of a.
};

/// From the better half of the tiles of low and of high contrast: the worse ones may show something
/// else.
NoiseModel noise_of(const std::vector<JudgedTile>& tiles) {
    std::vector<double> contrasts;
    for (const JudgedTile& t : tiles) {
        if (t.detailed) contrasts.push_back(t.contrast);
    }
    const double middle = median(contrasts);
    std::vector<double> low;
    std::vector<double> high;
    for (const JudgedTile& t : tiles) {
        if (!t.detailed) continue;
        (t.contrast < middle ? low : high).push_back(t.fit.unexplained);
    }
    constexpr double typical = 0.4;
    const double share = quantile(high, typical);
    return {share, std::max(quantile(low, typical) - share, 0.0)};
}

}  // namespace

int Agreement::detailed() const noexcept {
    return static_cast<int>(
        std::count_if(tiles.begin(), tiles.end(), [](const JudgedTile& t) { return t.detailed; }));
}

int Agreement::agreeing() const noexcept {
    return static_cast<int>(std::count_if(
        tiles.begin(), tiles.end(), [](const JudgedTile& t) { return t.detailed && t.agrees; }));
}

double Agreement::share() const noexcept {
    const int all = detailed();
    return all > 0 ? static_cast<double>(agreeing()) / all : 0.0;
}

namespace {

struct Point2 {
    double x;
    double y;
};

void judge_brightness(Agreement& agreement) {
    std::vector<Point2> means;
    for (const JudgedTile& t : agreement.tiles) means.push_back({t.fit.mean_a, t.fit.mean_b});
    const Line line = fit_line(means, 8.0);
    agreement.gain = line.slope;
    agreement.offset = line.offset;
    std::vector<double> errors;
    for (const Point2& p : means) errors.push_back(std::abs(p.y - line(p.x)));
    // Curves and vignettes aren't lines.
    const double limit = std::max(20.0, 6.0 * median(errors));
    for (std::size_t i = 0; i < means.size(); ++i) {
        if (errors[i] > limit) {
            agreement.tiles[i].agrees = false;
            agreement.tiles[i].excess = std::max(agreement.tiles[i].excess, errors[i] / limit);
        }
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

bool grey(const std::vector<double>& blue, const std::vector<double>& red) {
    std::vector<double> strengths;
    for (std::size_t i = 0; i < blue.size(); ++i) {
        strengths.push_back(std::max(std::abs(blue[i]), std::abs(red[i])));
    }
    constexpr double tolerance = 2.5;
    return quantile(strengths, 0.98) <= tolerance;
}

void judge_colours(Agreement& agreement, const ColourPlanes& a, const ColourPlanes& b,
                   const Affine& map) {
    const Affine quarter_map = at_quarter(map);
    const auto means_of_a = [&](const Plane& plane) {
        return tile_means(quarter(plane), agreement.tiles);
    };
    const auto means_of_b = [&](const Plane& plane) {
        const Plane small = quarter(plane);
        return tile_means(warp(small, quarter_map, quarter(a.luma).size()), agreement.tiles);
    };
    const std::vector<double> blue_a = means_of_a(a.blue);
    const std::vector<double> red_a = means_of_a(a.red);
    const std::vector<double> blue_b = means_of_b(b.blue);
    const std::vector<double> red_b = means_of_b(b.red);
    agreement.grey_a = grey(blue_a, red_a);
    agreement.grey_b = grey(blue_b, red_b);
    if (agreement.grey_a != agreement.grey_b) return;
    std::vector<Point2> blues;
    std::vector<Point2> reds;
    for (std::size_t i = 0; i < blue_a.size(); ++i) {
        blues.push_back({blue_a[i], blue_b[i]});
        reds.push_back({red_a[i], red_b[i]});
    }
    const Line blue = fit_line(blues, 6.0);
    const Line red = fit_line(reds, 6.0);
    std::vector<double> errors;
    for (std::size_t i = 0; i < blues.size(); ++i) {
        errors.push_back(std::abs(blues[i].y - blue(blues[i].x)) +
                         std::abs(reds[i].y - red(reds[i].x)));
    }
    const double limit = std::max(24.0, 6.0 * median(errors));
    const bool recoloured = blue.slope < 0.0 || red.slope < 0.0;
    for (std::size_t i = 0; i < errors.size(); ++i) {
        agreement.tiles[i].same_colour = !recoloured && errors[i] <= limit;
    }
}

}  // namespace

Agreement judge(const Overlap& overlap, const Affine& map) {
    const ColourPlanes a = colours_of(overlap.a);
    const ColourPlanes b = colours_of(overlap.b);
    const auto tiles = tiles_inside(a.luma.size(), map, b.luma.size());
    Agreement agreement;
    if (tiles.empty()) return agreement;

    Plane luma_a = a.luma;
    Plane luma_b = warp(b.luma, map, a.luma.size());
    agreement.blur = match_bandwidth(luma_a, luma_b, tiles);
    luma_a = smooth(luma_a);
    luma_b = smooth(luma_b);

    const auto own = own_moments(luma_a, tiles);
    const auto shared = shared_moments(luma_a, luma_b, tiles);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        JudgedTile judged{tiles[i], fit_tile(own[i], shared[i])};
        agreement.tiles.push_back(judged);
    }
    std::vector<double> contrast_ratios;
    for (const JudgedTile& t : agreement.tiles) {
        if (t.fit.correlation > 0.8 && t.fit.variance_a > least_variance) {
            contrast_ratios.push_back(t.fit.variance_b / t.fit.variance_a);
        }
    }
    const double contrast = contrast_ratios.empty() ? 1.0 : median(contrast_ratios);
    for (JudgedTile& t : agreement.tiles) {
        t.contrast = std::max(t.fit.variance_a, t.fit.variance_b / contrast);
        t.detailed = t.contrast >= least_variance;
    }
    const NoiseModel noise = noise_of(agreement.tiles);
    agreement.noise = noise.share;
    for (JudgedTile& t : agreement.tiles) {
        if (!t.detailed) {
            t.agrees = true;
            continue;
        }
        constexpr double strictest = 0.1;
        constexpr double loosest = 0.6;
        const double limit = std::clamp(6.0 * (noise.share + noise.amount), strictest, loosest);
        // Contrast that has become a ninth of the rest's is detail that is gone, or was laid over.
        const double ratio = t.fit.variance_b / contrast / std::max(t.fit.variance_a, 1e-9);
        constexpr double most = 9.0;
        const double lost = std::max(ratio, 1.0 / std::max(ratio, 1e-9)) / most;
        t.excess = std::max(t.fit.unexplained / limit, lost);
        t.agrees = t.excess <= 1.0;
    }
    judge_brightness(agreement);
    judge_colours(agreement, a, b, map);
    return agreement;
}

}  // namespace likeness::registration
