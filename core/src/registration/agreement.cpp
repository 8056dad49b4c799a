#include "agreement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "bandwidth.hpp"
#include "tone.hpp"

namespace likeness::registration {
namespace {

/// Detail shows from this variance on: a standard deviation of four levels.
constexpr double least_contrast = 16.0;

/// Levels of 0 to 255 by which clipping moves a tile, at most.
constexpr double most_clipped = 96.0;

/// And corners from this one of the gradients' second moments.
constexpr double least_corners = 1.0;

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0.0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + place, values.end());
    return values[static_cast<std::size_t>(place)];
}

/// In units of the picture with more contrast: a curve of slope s makes s² of a variance.
double unit_of(double slope) noexcept {
    constexpr double flattest = 0.05;
    const double s = std::clamp(slope, flattest, 1.0);
    return 1.0 / (s * s);
}

struct Compared {
    double contrast;
    double corners;  ///< Of a.
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

/// The pixels of all tiles, one after the other; `shrunk` is how much smaller than the tiles' grid
/// the plane is.
std::vector<float> pixels_of(const Plane& plane, const std::vector<Tile>& tiles, int shrunk) {
    std::vector<float> pixels;
    const int side = tile_side / shrunk;
    pixels.reserve(tiles.size() * static_cast<std::size_t>(side * side));
    for (const Tile& tile : tiles) {
        const int left = std::min(tile.x / shrunk, plane.width() - side);
        const int top = std::min(tile.y / shrunk, plane.height() - side);
        for (int y = top; y < top + side; ++y) {
            pixels.insert(pixels.end(), plane.row(y) + left, plane.row(y) + left + side);
        }
    }
    return pixels;
}

Plane apply(const ToneCurve& curve, Plane plane) {
    for (float& value : plane.values()) value = curve(value);
    return plane;
}

/// Every tile of b, compared with what `curve` makes of a, or with a as it is.
std::vector<Compared> compare(const Plane& a, const Plane& b, const ToneCurve* curve,
                              const std::vector<Tile>& tiles) {
    const Plane toned = curve != nullptr ? apply(*curve, a) : a;
    const auto own = own_moments(toned, tiles);
    const auto shared = shared_moments(toned, b, tiles);
    const double unit = curve != nullptr ? unit_of(curve->slope()) : 1.0;
    std::vector<Compared> compared;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const TileFit fit = fit_tile(own[i], shared[i]);
        compared.push_back({std::max(fit.variance_a, fit.variance_b) * unit,
                            corners_of(own[i]) * unit, fit.residual * unit,
                            std::abs(fit.mean_a - fit.mean_b) * std::sqrt(unit)});
    }
    return compared;
}

/// Of the tile with that index, of the pixels of all.
double mean_of(const std::vector<float>& pixels, std::size_t tile) noexcept {
    constexpr std::size_t count = std::size_t{tile_side} * tile_side;
    float sum = 0.0F;
    for (std::size_t i = tile * count; i < (tile + 1) * count; ++i) sum += pixels[i];
    return static_cast<double>(sum) / tile_area;
}

void judge_brightness(Agreement& agreement, const Plane& a, const Plane& b,
                      const std::vector<Tile>& tiles, Look look) {
    const auto pixels_a = pixels_of(a, tiles, 1);
    const auto pixels_b = pixels_of(b, tiles, 1);
    const ToneCurve forward = ToneCurve::fit(pixels_a, pixels_b);
    const ToneCurve backward = ToneCurve::fit(pixels_b, pixels_a);
    agreement.curve = forward;
    // Where one picture is clipped to white or black, only it follows from the other.
    const bool toned = look == Look::equalised;
    const auto to_b = compare(a, b, toned ? &forward : nullptr, tiles);
    const auto to_a = compare(b, a, toned ? &backward : nullptr, tiles);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const Compared& better = to_b[i].residual <= to_a[i].residual ? to_b[i] : to_a[i];
        JudgedTile tile{tiles[i], mean_of(pixels_a, i), mean_of(pixels_b, i)};
        tile.contrast = better.contrast;
        tile.corners_a = to_b[i].corners;
        tile.corners_b = to_a[i].corners;
        tile.residual = better.residual;
        const auto [less, more] = std::minmax(to_b[i].shift, to_a[i].shift);
        tile.shift = less;
        tile.repainted = more >= most_clipped;
        agreement.tiles.push_back(tile);
    }
}

/// The line through the brightness of the tiles that agree, by least squares. A gain of 1 where all
/// are one.
void fit_exposure(Agreement& agreement) {
    double n = 0.0, sa = 0.0, sb = 0.0, saa = 0.0, sab = 0.0;
    for (const JudgedTile& t : agreement.tiles) {
        if (!t.agrees() || t.repainted) continue;
        n += 1.0;
        sa += t.mean_a;
        sb += t.mean_b;
        saa += t.mean_a * t.mean_a;
        sab += t.mean_a * t.mean_b;
    }
    if (n == 0.0) return;
    const double spread = saa - sa * sa / n;
    agreement.gain = spread > n ? (sab - sa * sb / n) / spread : 1.0;
    agreement.offset = (sb - agreement.gain * sa) / n;
}

/// What one picture leaves open of the other, in a typical tile of some kind.
struct Noise {
    double residual;
    double share;  ///< Of the tile's contrast.
};

Noise noise_of(const std::vector<JudgedTile>& tiles, bool JudgedTile::*kind) {
    std::vector<double> residuals;
    std::vector<double> shares;
    for (const JudgedTile& t : tiles) {
        if (!(t.*kind)) continue;
        residuals.push_back(t.residual);
        shares.push_back(t.residual / t.contrast);
    }
    // The better tiles': the others may show something else.
    constexpr double better = 0.3;
    return {quantile(std::move(residuals), better), quantile(std::move(shares), better)};
}

/// The limits of what noise explains.
void judge_noise(Agreement& agreement) {
    std::array<int, 2> telling{};
    for (JudgedTile& t : agreement.tiles) {
        t.detailed = t.contrast >= least_contrast;
        t.telling_a = t.detailed && t.corners_a >= least_corners;
        t.telling_b = t.detailed && t.corners_b >= least_corners;
        telling[0] += t.telling_a ? 1 : 0;
        telling[1] += t.telling_b ? 1 : 0;
    }
    // Where text is laid over one picture, most detail is the text's: what became of the other's
    // says how noisy the pair is. A few tiles say nothing.
    constexpr int least_telling = 40;
    Noise noise = noise_of(agreement.tiles, &JudgedTile::detailed);
    for (const std::size_t i : {0U, 1U}) {
        if (telling[i] < least_telling) continue;
        const Noise own =
            noise_of(agreement.tiles, i == 0 ? &JudgedTile::telling_a : &JudgedTile::telling_b);
        if (own.share < noise.share) noise = own;
    }
    agreement.noise = noise.share;
    const double amount = std::clamp(8.0 * noise.residual, 60.0, 400.0);
    const double share = std::clamp(8.0 * noise.share, 0.06, 0.4);
    constexpr double farthest = 24.0;
    for (JudgedTile& t : agreement.tiles) {
        t.excess = std::max(t.residual / std::max(amount, share * t.contrast), t.shift / farthest);
    }
}

Affine at_quarter(const Affine& map) noexcept {
    return compose(scaling(0.25, 0.25), compose(map, scaling(4.0, 4.0)));
}

constexpr std::size_t quarter_tile = 16;

/// Means of each tile's pixels.
std::vector<float> tile_means(std::span<const float> pixels) {
    std::vector<float> means;
    for (std::size_t i = 0; i < pixels.size(); i += quarter_tile) {
        float sum = 0.0F;
        for (std::size_t j = i; j < i + quarter_tile; ++j) sum += pixels[j];
        means.push_back(sum / static_cast<float>(quarter_tile));
    }
    return means;
}

/// Red, green and blue of all tiles, at a quarter of the scale.
using Channels = std::array<std::vector<float>, 3>;

bool grey(const Channels& channels) {
    std::vector<double> spreads;
    for (std::size_t i = 0; i < channels[0].size(); ++i) {
        const auto [low, high] = std::minmax({channels[0][i], channels[1][i], channels[2][i]});
        spreads.push_back(high - low);
    }
    constexpr double tolerance = 5.0;
    constexpr double nearly_all = 0.98;
    return quantile(std::move(spreads), nearly_all) <= tolerance;
}

/// For every tile, how far its colour in b lies from what the same channels of a say, the way they
/// do in most places.
std::vector<double> colour_errors(const Channels& a, const Channels& b) {
    std::vector<double> errors(a[0].size() / quarter_tile);
    for (std::size_t channel = 0; channel < a.size(); ++channel) {
        const ToneCurve curve = ToneCurve::fit(a[channel], b[channel]);
        std::vector<float> toned = a[channel];
        for (float& level : toned) level = curve(level);
        const auto expected = tile_means(toned);
        const auto found = tile_means(b[channel]);
        for (std::size_t i = 0; i < errors.size(); ++i) {
            errors[i] = std::max<double>(errors[i], std::abs(expected[i] - found[i]));
        }
    }
    return errors;
}

void judge_colours(Agreement& agreement, const Overlap& overlap, const Affine& map,
                   const std::vector<Tile>& tiles) {
    const Planes planes_a = quarter_channels(overlap.a);
    const Planes planes_b = quarter_channels(overlap.b);
    Channels a;
    Channels b;
    for (std::size_t channel = 0; channel < a.size(); ++channel) {
        const Plane& small = planes_a[channel];
        a[channel] = pixels_of(small, tiles, 4);
        b[channel] = pixels_of(warp(planes_b[channel], at_quarter(map), small.size()), tiles, 4);
    }
    agreement.grey_a = grey(a);
    agreement.grey_b = grey(b);
    if (agreement.grey_a != agreement.grey_b) return;
    const auto forward = colour_errors(a, b);
    const auto backward = colour_errors(b, a);
    std::vector<double> errors;
    for (std::size_t i = 0; i < forward.size(); ++i) {
        errors.push_back(std::min(forward[i], backward[i]));
    }
    // Small patches of colour lose it in a blur, each smoothing a little more.
    const double blurred = 1.0 + std::abs(agreement.blur) / 24.0;
    const double limit = blurred * std::max(40.0, 6.0 * quantile(errors, 0.5));
    for (std::size_t i = 0; i < errors.size(); ++i) {
        agreement.tiles[i].same_colour = errors[i] <= limit;
    }
}

}  // namespace

Share Agreement::share_of(bool JudgedTile::*telling) const noexcept {
    Share share;
    for (const JudgedTile& t : tiles) {
        if (!(t.*telling)) continue;
        ++share.all;
        if (t.agrees() && t.same_colour) ++share.agreeing;
    }
    return share;
}

Agreement judge(const Overlap& overlap, const LumaPair& luma, const Affine& map, Look look) {
    const auto& [a, b] = luma;
    const auto tiles = tiles_inside(a.size(), map, b.size());
    Agreement agreement;
    if (tiles.empty()) return agreement;
    // Without tiles nothing asks for smoothing.
    const std::vector<Tile> none;
    const Matched matched =
        match_bandwidth(a, warp(b, map, a.size()), look == Look::equalised ? tiles : none);
    agreement.blur = matched.smoothings;
    judge_brightness(agreement, matched.a, matched.b, tiles, look);
    judge_noise(agreement);
    if (look == Look::equalised) fit_exposure(agreement);
    judge_colours(agreement, overlap, map, tiles);
    return agreement;
}

}  // namespace likeness::registration
