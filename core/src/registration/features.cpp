#include "features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "corners.hpp"
#include "simd.hpp"

namespace likeness::registration {
namespace {

constexpr int octave_parts = 8;
constexpr double shrink = 0.8;

/// The radius within which pixels are compared, and within which the direction is measured.
constexpr int pattern_radius = 13;
constexpr int direction_radius = 15;

/// Two pixels whose brightness is compared, relative to the corner.
struct Comparison {
    std::int8_t x1;
    std::int8_t y1;
    std::int8_t x2;
    std::int8_t y2;
};

constexpr std::size_t half_length = 128;

/// Points as of a Gaussian (BRIEF's G II: M. Calonder et al., "BRIEF: binary robust independent
/// elementary features", ECCV 2010), here the sum of four uniform numbers; from xorshift32 with
/// shifts 13, 17, 5 (G. Marsaglia, "Xorshift RNGs", J. Stat. Softw. 8/14 (2003)).
constexpr std::array<Comparison, half_length> make_pattern() {
    std::uint32_t state = 2463534242U;
    const auto next = [&state] {
        state ^= state << 13U;
        state ^= state >> 17U;
        state ^= state << 5U;
        return state;
    };
    const auto coordinate = [&next] {
        int sum = 0;
        for (int i = 0; i < 4; ++i) sum += static_cast<int>(next() >> 16U) % 15 - 7;
        return sum;
    };
    const auto inside = [](int x, int y) {
        return x * x + y * y <= pattern_radius * pattern_radius;
    };
    std::array<Comparison, half_length> pattern{};
    for (std::size_t count = 0; count < half_length;) {
        const int x1 = coordinate();
        const int y1 = coordinate();
        const int x2 = coordinate();
        const int y2 = coordinate();
        const bool own_mirror = (y1 == 0 && y2 == 0) || (x1 == x2 && y1 == -y2);
        const bool far = (x1 - x2) * (x1 - x2) + (y1 - y2) * (y1 - y2) >= 9;
        if (!inside(x1, y1) || !inside(x2, y2) || own_mirror || !far) continue;
        pattern[count++] = {static_cast<std::int8_t>(x1), static_cast<std::int8_t>(y1),
                            static_cast<std::int8_t>(x2), static_cast<std::int8_t>(y2)};
    }
    return pattern;
}

constexpr std::array<Comparison, half_length> pattern = make_pattern();

/// A plane that can be read beyond its edges, which are repeated.
class Padded {
public:
    static constexpr int padding = direction_radius + 2;

    explicit Padded(const Plane& plane)
        : plane_({plane.width() + 2 * padding, plane.height() + 2 * padding}) {
        for (int y = 0; y < plane_.height(); ++y) {
            const float* source = plane.row(std::clamp(y - padding, 0, plane.height() - 1));
            float* target = plane_.row(y);
            std::fill_n(target, padding, source[0]);
            std::copy_n(source, plane.width(), target + padding);
            std::fill_n(target + padding + plane.width(), padding, source[plane.width() - 1]);
        }
    }

    /// The pixel (x, y); those beside it lie beside it, rows are stride() apart.
    [[nodiscard]] const float* at(int x, int y) const noexcept {
        return plane_.row(y + padding) + x + padding;
    }
    [[nodiscard]] std::ptrdiff_t stride() const noexcept { return plane_.width(); }

private:
    Plane plane_;
};

constexpr std::size_t lanes = 4;
constexpr std::size_t disc_width = 2 * direction_radius + 2;
constexpr std::size_t disc_rows = 2 * direction_radius + 1;

using DiscRow = std::array<float, disc_width>;

/// 1 inside the disc around the corner, 0 outside; from direction_radius + 1 on the left to
/// direction_radius on the right, which is a whole number of vectors.
constexpr std::array<DiscRow, disc_rows> make_disc() {
    std::array<DiscRow, disc_rows> disc{};
    for (int y = -direction_radius; y <= direction_radius; ++y) {
        for (int x = -direction_radius; x <= direction_radius; ++x) {
            if (x * x + y * y > direction_radius * direction_radius) continue;
            const int row = y + direction_radius;
            const int column = x + direction_radius + 1;
            disc[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] = 1.0F;
        }
    }
    return disc;
}

constexpr std::array<DiscRow, disc_rows> disc = make_disc();

double sum_of(simd::Float32x4 v) noexcept {
    return (static_cast<double>(v[0]) + v[1]) + (static_cast<double>(v[2]) + v[3]);
}

/// From the corner to the centre of mass of the disc around it, with length 1: P. Rosin, "Measuring
/// corner properties", CVIU 73/2 (1999).
Point direction(const float* centre, std::ptrdiff_t stride) noexcept {
    using simd::Float32x4;
    // Sums over columns first: a column's place is a factor of its sum.
    std::array<Float32x4, disc_width / lanes> columns{};
    double sum_y = 0.0;
    for (std::size_t i = 0; i < disc_rows; ++i) {
        const int y = static_cast<int>(i) - direction_radius;
        const float* row = centre + y * stride - (direction_radius + 1);
        Float32x4 sum{};
        for (std::size_t j = 0; j < columns.size(); ++j) {
            const Float32x4 inside = simd::load<Float32x4>(row + j * lanes) *
                                     simd::load<Float32x4>(disc[i].data() + j * lanes);
            columns[j] += inside;
            sum += inside;
        }
        sum_y += y * sum_of(sum);
    }
    double sum_x = 0.0;
    for (std::size_t j = 0; j < disc_width; ++j) {
        const int x = static_cast<int>(j) - (direction_radius + 1);
        sum_x += x * static_cast<double>(columns[j / lanes][j % lanes]);
    }
    const double length = std::sqrt(sum_x * sum_x + sum_y * sum_y);
    return length > 0.0 ? Point{sum_x / length, sum_y / length} : Point{1.0, 0.0};
}

/// The pattern's first points, then its second ones.
struct PatternPoints {
    std::array<float, 2 * half_length> x{};
    std::array<float, 2 * half_length> y{};
};

constexpr PatternPoints make_points() {
    PatternPoints points{};
    for (std::size_t i = 0; i < half_length; ++i) {
        points.x[i] = pattern[i].x1;
        points.y[i] = pattern[i].y1;
        points.x[half_length + i] = pattern[i].x2;
        points.y[half_length + i] = pattern[i].y2;
    }
    return points;
}

constexpr PatternPoints pattern_points = make_points();

/// To the nearest whole number. Adding half of a number larger than any coordinate before cutting
/// off the fraction rounds negative numbers like positive ones.
simd::Int32x4 round(simd::Float32x4 values) noexcept {
    constexpr int shift = 64;
    return __builtin_convertvector(values + (shift + 0.5F), simd::Int32x4) - shift;
}

std::array<std::uint64_t, 4> describe(const float* centre, std::ptrdiff_t stride,
                                      Point turn) noexcept {
    using simd::Float32x4;
    const auto cosine = static_cast<float>(turn.x);
    const auto sine = static_cast<float>(turn.y);
    const auto row = static_cast<int>(stride);
    std::array<int, 2 * half_length> place{};
    std::array<int, 2 * half_length> mirrored{};
    for (std::size_t i = 0; i < place.size(); i += lanes) {
        const auto x = simd::load<Float32x4>(pattern_points.x.data() + i);
        const auto y = simd::load<Float32x4>(pattern_points.y.data() + i);
        simd::store(place.data() + i,
                    round(sine * x + cosine * y) * row + round(cosine * x - sine * y));
        simd::store(mirrored.data() + i,
                    round(sine * x - cosine * y) * row + round(cosine * x + sine * y));
    }
    std::array<std::uint64_t, 4> words{};
    for (std::size_t i = 0; i < half_length; ++i) {
        const bool bit = centre[place[i]] < centre[place[half_length + i]];
        const bool mirrored_bit = centre[mirrored[i]] < centre[mirrored[half_length + i]];
        words[i / 64] |= static_cast<std::uint64_t>(bit) << (i % 64);
        words[2 + i / 64] |= static_cast<std::uint64_t>(mirrored_bit) << (i % 64);
    }
    return words;
}

/// As a share of all points: as many as there are pixels, the first part's for 1.
double quota(int octave_part) noexcept {
    double part = 1.0;
    double sum = 0.0;
    double own = 0.0;
    for (int i = 0; i < octave_parts; ++i, part *= shrink) {
        sum += part;
        if (i == octave_part) own = part;
    }
    return own / sum;
}

/// The picture at one part of an octave, smoothed once, and its strongest corners.
struct Level {
    Plane soft;
    int octave_part;
    std::vector<Corner> corners;
};

/// Levels have as many corners as they have pixels, of PictureFeatures::max_points in all.
std::vector<Level> levels_of(const Plane& luma) {
    std::vector<Level> levels;
    Plane scaled = luma;
    for (int part = 0; part < octave_parts; ++part) {
        if (part > 0) {
            const Size smaller{static_cast<int>(std::lround(scaled.width() * shrink)),
                               static_cast<int>(std::lround(scaled.height() * shrink))};
            if (std::min(smaller.width, smaller.height) <= 2 * corner_margin + 2) break;
            scaled = resize(scaled, smaller);
        }
        if (std::min(scaled.width(), scaled.height()) <= 2 * corner_margin + 2) break;
        Plane soft = smooth(scaled);
        auto corners =
            find_corners(soft, static_cast<std::size_t>(PictureFeatures::max_points * quota(part)));
        levels.push_back({std::move(soft), part, std::move(corners)});
    }
    return levels;
}

/// Describes the level's first `count` corners.
void add_points(PictureFeatures& features, const Level& level, std::size_t count) {
    constexpr double units = 32.0;
    constexpr double longest = 127.0;
    const Padded blurred(smooth(level.soft, 4));
    const double to_base_x = static_cast<double>(features.size.width) / level.soft.width();
    const double to_base_y = static_cast<double>(features.size.height) / level.soft.height();
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [x, y, peak] = level.corners[i];
        const float* centre = blurred.at(x, y);
        const Point turn = direction(centre, blurred.stride());
        features.points.push_back(
            {describe(centre, blurred.stride(), turn),
             static_cast<std::uint16_t>(std::lround(peak.x * to_base_x * units)),
             static_cast<std::uint16_t>(std::lround(peak.y * to_base_y * units)),
             static_cast<std::int8_t>(turn.x * longest), static_cast<std::int8_t>(turn.y * longest),
             static_cast<std::uint8_t>(level.octave_part)});
    }
}

}  // namespace

PictureFeatures find_features(const Plane& luma, std::size_t most) {
    PictureFeatures features{luma.size(), {}};
    const std::vector<Level> levels = levels_of(luma);
    std::size_t all = 0;
    for (const Level& level : levels) all += level.corners.size();
    for (const Level& level : levels) {
        // In whole numbers: shares that are rounded down never are too many in all.
        const std::size_t count = level.corners.size();
        add_points(features, level, all <= most ? count : count * most / all);
    }
    return features;
}

double point_scale(const FeaturePoint& point) noexcept {
    double scale = 1.0;
    for (int i = 0; i < point.octave_part; ++i) scale *= shrink;
    return scale;
}

}  // namespace likeness::registration
