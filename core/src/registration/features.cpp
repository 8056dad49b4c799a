#include "features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace likeness::registration {
namespace {

constexpr int octave_parts = 8;
constexpr double shrink = 0.8;

/// Corners nearer to the edge aren't described well.
constexpr int margin = 8;

/// The radius within which pixels are compared, and within which the direction is measured.
constexpr int pattern_radius = 13;
constexpr int direction_radius = 15;

/// Harris' k: C. Harris and M. Stephens, "A combined corner and edge detector", Alvey Vision
/// Conference (1988).
constexpr float harris_k = 0.04F;

/// The weakest corner: gradients of about a level in both directions.
constexpr float least_response = 1.0F;

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

struct Corner {
    int x;
    int y;
    float response;
};

/// det − k trace² of the gradients' second moments around each pixel.
Plane harris_response(const Plane& plane) {
    const int width = plane.width();
    const int height = plane.height();
    Plane xx(plane.size());
    Plane xy(plane.size());
    Plane yy(plane.size());
    for (int y = 1; y + 1 < height; ++y) {
        const float* above = plane.row(y - 1);
        const float* here = plane.row(y);
        const float* below = plane.row(y + 1);
        float* row_xx = xx.row(y);
        float* row_xy = xy.row(y);
        float* row_yy = yy.row(y);
        for (int x = 1; x + 1 < width; ++x) {
            const float dx = here[x + 1] - here[x - 1];
            const float dy = below[x] - above[x];
            row_xx[x] = dx * dx;
            row_xy[x] = dx * dy;
            row_yy[x] = dy * dy;
        }
    }
    xx = smooth(xx, 2);
    xy = smooth(xy, 2);
    yy = smooth(yy, 2);
    Plane response(plane.size());
    for (std::size_t i = 0; i < response.values().size(); ++i) {
        const float a = xx.values()[i];
        const float b = xy.values()[i];
        const float c = yy.values()[i];
        response.values()[i] = a * c - b * b - harris_k * (a + c) * (a + c);
    }
    return response;
}

/// Local maxima; of equal neighbours the first in reading order.
std::vector<Corner> local_maxima(const Plane& response) {
    std::vector<Corner> corners;
    for (int y = margin; y < response.height() - margin; ++y) {
        const float* above = response.row(y - 1);
        const float* here = response.row(y);
        const float* below = response.row(y + 1);
        for (int x = margin; x < response.width() - margin; ++x) {
            const float value = here[x];
            if (value < least_response || value <= here[x - 1] || value < here[x + 1]) continue;
            if (value <= above[x - 1] || value <= above[x] || value <= above[x + 1]) continue;
            if (value < below[x - 1] || value < below[x] || value < below[x + 1]) continue;
            corners.push_back({x, y, value});
        }
    }
    return corners;
}

/// The `count` strongest corners, but at first only three of each cell of a grid that has half as
/// many cells: a picture's most cluttered corner mustn't take all.
std::vector<Corner> spread(std::vector<Corner> corners, Size size, std::size_t count) {
    std::stable_sort(corners.begin(), corners.end(),
                     [](const Corner& p, const Corner& q) { return p.response > q.response; });
    constexpr int most = 3;
    const double cell_area = 2.0 * size.width * size.height / static_cast<double>(count);
    const int cell = std::max(static_cast<int>(std::sqrt(cell_area)), 1);
    const int columns = size.width / cell + 1;
    const int rows = size.height / cell + 1;
    std::vector<int> taken(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    std::vector<Corner> first;
    std::vector<Corner> rest;
    for (const Corner& corner : corners) {
        const auto row = static_cast<std::size_t>(corner.y / cell);
        const auto column = static_cast<std::size_t>(corner.x / cell);
        int& here = taken[row * static_cast<std::size_t>(columns) + column];
        (++here <= most ? first : rest).push_back(corner);
    }
    first.insert(first.end(), rest.begin(), rest.end());
    if (first.size() > count) first.resize(count);
    return first;
}

/// Where between its neighbours a maximum really is, by a parabola: -1/2 to 1/2.
float parabola_peak(float before, float at, float after) noexcept {
    const float curvature = before - 2.0F * at + after;
    return curvature < 0.0F ? std::clamp(0.5F * (before - after) / curvature, -0.5F, 0.5F) : 0.0F;
}

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

/// From the corner to the centre of mass of the disc around it, with length 1: P. Rosin, "Measuring
/// corner properties", CVIU 73/2 (1999).
Point direction(const float* centre, std::ptrdiff_t stride) noexcept {
    double sum_x = 0.0;
    double sum_y = 0.0;
    for (int y = -direction_radius; y <= direction_radius; ++y) {
        const float* row = centre + y * stride;
        int reach = direction_radius;
        while (reach * reach + y * y > direction_radius * direction_radius) --reach;
        float row_sum = 0.0F;
        float row_moment = 0.0F;
        for (int x = -reach; x <= reach; ++x) {
            row_sum += row[x];
            row_moment += static_cast<float>(x) * row[x];
        }
        sum_x += row_moment;
        sum_y += y * static_cast<double>(row_sum);
    }
    const double length = std::sqrt(sum_x * sum_x + sum_y * sum_y);
    return length > 0.0 ? Point{sum_x / length, sum_y / length} : Point{1.0, 0.0};
}

std::array<std::uint64_t, 4> describe(const float* centre, std::ptrdiff_t stride,
                                      Point turn) noexcept {
    const auto cosine = static_cast<float>(turn.x);
    const auto sine = static_cast<float>(turn.y);
    // Adding half of a number larger than any coordinate before cutting off the fraction rounds
    // negative numbers like positive ones.
    constexpr int shift = 64;
    const auto round = [](float value) { return static_cast<int>(value + (shift + 0.5F)) - shift; };
    const auto read = [&](int x, int y) {
        const auto u = static_cast<float>(x);
        const auto v = static_cast<float>(y);
        return centre[round(sine * u + cosine * v) * stride + round(cosine * u - sine * v)];
    };
    std::array<std::uint64_t, 4> words{};
    for (std::size_t i = 0; i < half_length; ++i) {
        const Comparison& c = pattern[i];
        const std::uint64_t bit = std::uint64_t{1} << (i % 64);
        if (read(c.x1, c.y1) < read(c.x2, c.y2)) words[i / 64] |= bit;
        if (read(c.x1, -c.y1) < read(c.x2, -c.y2)) words[2 + i / 64] |= bit;
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

void add_points(PictureFeatures& features, const Plane& level, int octave_part, std::size_t count) {
    constexpr double units = 32.0;
    const Plane soft = smooth(level);
    const Plane response = harris_response(soft);
    const Padded blurred(smooth(soft, 4));
    const double to_base_x = static_cast<double>(features.size.width) / level.width();
    const double to_base_y = static_cast<double>(features.size.height) / level.height();
    for (const Corner& corner : spread(local_maxima(response), level.size(), count)) {
        const float* peak = response.row(corner.y) + corner.x;
        const std::ptrdiff_t row = response.width();
        const double x = corner.x + 0.5 + parabola_peak(peak[-1], peak[0], peak[1]);
        const double y = corner.y + 0.5 + parabola_peak(peak[-row], peak[0], peak[row]);
        const float* centre = blurred.at(corner.x, corner.y);
        const Point turn = direction(centre, blurred.stride());
        constexpr double longest = 127.0;
        features.points.push_back({describe(centre, blurred.stride(), turn),
                                   static_cast<std::uint16_t>(std::lround(x * to_base_x * units)),
                                   static_cast<std::uint16_t>(std::lround(y * to_base_y * units)),
                                   static_cast<std::int8_t>(turn.x * longest),
                                   static_cast<std::int8_t>(turn.y * longest),
                                   static_cast<std::uint8_t>(octave_part)});
    }
}

}  // namespace

PictureFeatures find_features(const Plane& luma) {
    PictureFeatures features{luma.size(), {}};
    Plane level = luma;
    for (int part = 0; part < octave_parts; ++part) {
        if (part > 0) {
            const Size smaller{static_cast<int>(std::lround(level.width() * shrink)),
                               static_cast<int>(std::lround(level.height() * shrink))};
            if (std::min(smaller.width, smaller.height) <= 2 * margin + 2) break;
            level = resize(level, smaller);
        }
        if (std::min(level.width(), level.height()) <= 2 * margin + 2) break;
        const auto count = static_cast<std::size_t>(PictureFeatures::max_points * quota(part));
        add_points(features, level, part, count);
    }
    return features;
}

double point_scale(const FeaturePoint& point) noexcept {
    double scale = 1.0;
    for (int i = 0; i < point.octave_part; ++i) scale *= shrink;
    return scale;
}

}  // namespace likeness::registration
