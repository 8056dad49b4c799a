#include "features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "simd.hpp"

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

/// Products of the gradient in one row, xx, xy and yy one after the other; 0 at the plane's edges.
void gradient_products(const Plane& plane, int y, float* products) noexcept {
    const int width = plane.width();
    float* xx = products;
    float* xy = products + width;
    float* yy = products + 2 * static_cast<std::ptrdiff_t>(width);
    if (y == 0 || y == plane.height() - 1) {
        std::fill_n(products, 3 * static_cast<std::ptrdiff_t>(width), 0.0F);
        return;
    }
    const float* above = plane.row(y - 1);
    const float* here = plane.row(y);
    const float* below = plane.row(y + 1);
    for (float* first : {xx, xy, yy}) first[0] = first[width - 1] = 0.0F;
    for (int x = 1; x + 1 < width; ++x) {
        const float dx = here[x + 1] - here[x - 1];
        const float dy = below[x] - above[x];
        xx[x] = dx * dx;
        xy[x] = dx * dy;
        yy[x] = dy * dy;
    }
}

/// det − k trace² of the gradients' second moments around each pixel, weighted by 1 4 6 4 1 both
/// ways. Row by row, so that little is held at a time; 0 near the plane's edges.
Plane harris_response(const Plane& plane) {
    constexpr int reach = 2;
    constexpr int rows = 2 * reach + 1;
    const int width = plane.width();
    const int length = 3 * width;
    std::vector<float> products(static_cast<std::size_t>(rows * length));
    const auto row = [&](int y) {
        return products.data() + static_cast<std::ptrdiff_t>(y % rows) * length;
    };
    std::vector<float> column(static_cast<std::size_t>(length));
    std::vector<float> sums(static_cast<std::size_t>(length));
    Plane response(plane.size());
    for (int y = 0; y < plane.height(); ++y) {
        gradient_products(plane, y, row(y));
        if (y < 2 * reach) continue;
        const float* p = row(y - 4);
        const float* q = row(y - 3);
        const float* r = row(y - 2);
        const float* s = row(y - 1);
        const float* t = row(y);
        float* c = column.data();
        for (int x = 0; x < length; ++x) {
            c[x] = (p[x] + t[x]) + 4.0F * (q[x] + s[x]) + 6.0F * r[x];
        }
        constexpr float part = 1.0F / 256.0F;
        for (int x = reach; x + reach < length; ++x) {
            sums[static_cast<std::size_t>(x)] =
                ((c[x - 2] + c[x + 2]) + 4.0F * (c[x - 1] + c[x + 1]) + 6.0F * c[x]) * part;
        }
        const float* xx = sums.data();
        const float* xy = xx + width;
        const float* yy = xy + width;
        float* target = response.row(y - reach);
        for (int x = reach; x + reach < width; ++x) {
            const float trace = xx[x] + yy[x];
            target[x] = xx[x] * yy[x] - xy[x] * xy[x] - harris_k * trace * trace;
        }
    }
    return response;
}

/// Local maxima; of equal neighbours the first in reading order.
std::vector<Corner> local_maxima(const Plane& response) {
    const int width = response.width();
    std::vector<std::uint8_t> highest(static_cast<std::size_t>(width));
    std::vector<Corner> corners;
    for (int y = margin; y < response.height() - margin; ++y) {
        const float* above = response.row(y - 1);
        const float* here = response.row(y);
        const float* below = response.row(y + 1);
        // Without branches, so that many pixels are compared at once.
        for (int x = margin; x < width - margin; ++x) {
            const float before =
                std::max(std::max(std::max(above[x - 1], above[x]), above[x + 1]), here[x - 1]);
            const float after =
                std::max(std::max(std::max(below[x - 1], below[x]), below[x + 1]), here[x + 1]);
            const float least = std::max(std::max(before, least_response), after);
            highest[static_cast<std::size_t>(x)] = here[x] >= least ? 1 : 0;
        }
        for (int x = margin; x < width - margin; ++x) {
            if (highest[static_cast<std::size_t>(x)] == 0) continue;
            const float before =
                std::max(std::max(std::max(above[x - 1], above[x]), above[x + 1]), here[x - 1]);
            if (here[x] > before) corners.push_back({x, y, here[x]});
        }
    }
    return corners;
}

/// The `count` strongest corners, but at first only three of each cell of a grid that has half as
/// many cells: a picture's most cluttered corner mustn't take all.
std::vector<Corner> spread(std::vector<Corner> corners, Size size, std::size_t count) {
    std::sort(corners.begin(), corners.end(), [](const Corner& p, const Corner& q) {
        if (p.response != q.response) return p.response > q.response;
        return p.y != q.y ? p.y < q.y : p.x < q.x;
    });
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

std::array<std::uint64_t, 4> describe(const float* centre, std::ptrdiff_t stride,
                                      Point turn) noexcept {
    const auto cosine = static_cast<float>(turn.x);
    const auto sine = static_cast<float>(turn.y);
    const auto row = static_cast<int>(stride);
    // Adding half of a number larger than any coordinate before cutting off the fraction rounds
    // negative numbers like positive ones.
    constexpr int shift = 64;
    const auto round = [](float value) { return static_cast<int>(value + (shift + 0.5F)) - shift; };
    std::array<int, 2 * half_length> place{};
    std::array<int, 2 * half_length> mirrored{};
    for (std::size_t i = 0; i < place.size(); ++i) {
        const float x = pattern_points.x[i];
        const float y = pattern_points.y[i];
        place[i] = round(sine * x + cosine * y) * row + round(cosine * x - sine * y);
        mirrored[i] = round(sine * x - cosine * y) * row + round(cosine * x + sine * y);
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
