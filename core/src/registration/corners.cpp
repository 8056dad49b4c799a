#include "corners.hpp"

#include <algorithm>
#include <cmath>

#include "heap_sort.hpp"
#include "simd.hpp"

namespace likeness::registration {
namespace {

/// Harris' k: C. Harris and M. Stephens, "A combined corner and edge detector", Alvey Vision
/// Conference (1988).
constexpr float harris_k = 0.04F;

/// The weakest corner: gradients of about a level in both directions.
constexpr float least_response = 1.0F;

/// A pixel whose response is the largest around.
struct Maximum {
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
/// ways. Row by row, so that little is held at a time; the outermost two pixels are left open.
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
std::vector<Maximum> local_maxima(const Plane& response) {
    using simd::Float32x4;
    constexpr int lanes = 4;
    const auto load = [](const float* from) { return simd::load<Float32x4>(from); };
    const auto larger = [](Float32x4 p, Float32x4 q) { return p > q ? p : q; };
    const int right = response.width() - corner_margin;
    std::vector<Maximum> maxima;
    for (int y = corner_margin; y < response.height() - corner_margin; ++y) {
        const float* above = response.row(y - 1);
        const float* here = response.row(y);
        const float* below = response.row(y + 1);
        const auto add_if_largest = [&](int x) {
            const float before = std::max({above[x - 1], above[x], above[x + 1], here[x - 1]});
            const float after = std::max({below[x - 1], below[x], below[x + 1], here[x + 1]});
            const float value = here[x];
            if (value >= least_response && value > before && value >= after) {
                maxima.push_back({x, y, value});
            }
        };
        // Four pixels at a time, of which there is hardly ever one.
        for (int x = corner_margin; x < right; x += lanes) {
            Float32x4 largest = larger(load(above + x), load(below + x));
            for (const float* row : {above, here, below}) {
                largest = larger(largest, larger(load(row + x - 1), load(row + x + 1)));
            }
            const Float32x4 least = larger(largest, Float32x4{} + least_response);
            if (!simd::any(load(here + x) >= least)) continue;
            for (int i = x; i < std::min(x + lanes, right); ++i) add_if_largest(i);
        }
    }
    return maxima;
}

/// The `count` strongest corners, but at first only three of each cell of a grid that has half as
/// many cells: a picture's most cluttered corner mustn't take all.
std::vector<Maximum> spread(std::vector<Maximum> corners, Size size, std::size_t count) {
    heap_sort(corners, [](const Maximum& p, const Maximum& q) {
        if (p.response != q.response) return p.response > q.response;
        return p.y != q.y ? p.y < q.y : p.x < q.x;
    });
    constexpr int most = 3;
    const double cell_area = 2.0 * size.width * size.height / static_cast<double>(count);
    const int cell = std::max(static_cast<int>(std::sqrt(cell_area)), 1);
    const int columns = size.width / cell + 1;
    const int rows = size.height / cell + 1;
    std::vector<int> taken(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    std::vector<Maximum> first;
    std::vector<Maximum> rest;
    for (const Maximum& corner : corners) {
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

}  // namespace

std::vector<Corner> find_corners(const Plane& soft, std::size_t count) {
    const Plane response = harris_response(soft);
    const std::ptrdiff_t row = response.width();
    std::vector<Corner> corners;
    for (const auto& [x, y, strength] : spread(local_maxima(response), soft.size(), count)) {
        const float* peak = response.row(y) + x;
        corners.push_back({x,
                           y,
                           {x + 0.5 + parabola_peak(peak[-1], strength, peak[1]),
                            y + 0.5 + parabola_peak(peak[-row], strength, peak[row])}});
    }
    return corners;
}

}  // namespace likeness::registration
