#include "geometry.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace likeness::registration {
namespace {

/// By hand: std::hypot differs between C libraries.
double length(double x, double y) noexcept { return std::sqrt(x * x + y * y); }

}  // namespace

double Affine::scale() const noexcept { return std::sqrt(std::abs(determinant())); }

Affine scaling(double x, double y) noexcept { return {x, 0.0, 0.0, 0.0, y, 0.0}; }

Affine translation(double x, double y) noexcept { return {1.0, 0.0, x, 0.0, 1.0, y}; }

Affine compose(const Affine& outer, const Affine& inner) noexcept {
    const Point origin = outer({inner.c, inner.f});
    return {outer.a * inner.a + outer.b * inner.d, outer.a * inner.b + outer.b * inner.e, origin.x,
            outer.d * inner.a + outer.e * inner.d, outer.d * inner.b + outer.e * inner.e, origin.y};
}

Affine inverse(const Affine& map) noexcept {
    const double d = map.determinant();
    return {map.e / d,  -map.b / d, (map.b * map.f - map.e * map.c) / d,
            -map.d / d, map.a / d,  (map.d * map.c - map.a * map.f) / d};
}

Point nearest_similarity(const Affine& map) noexcept {
    return map.determinant() < 0.0 ? Point{(map.a - map.e) / 2.0, (map.b + map.d) / 2.0}
                                   : Point{(map.a + map.e) / 2.0, (map.d - map.b) / 2.0};
}

double stretch(const Affine& map) noexcept {
    // The singular values of a 2 × 2 matrix are h + k and |h − k|.
    const double h = length(map.a + map.e, map.d - map.b);
    const double k = length(map.a - map.e, map.d + map.b);
    const double least = std::abs(h - k);
    constexpr double endless = 1e9;
    return least * endless <= h + k ? endless : (h + k) / least;
}

Affine fit_similarity(std::span<const Correspondence> pairs, bool mirrored,
                      const Affine& fallback) noexcept {
    if (pairs.empty()) return fallback;
    const double side = mirrored ? -1.0 : 1.0;
    const auto count = static_cast<double>(pairs.size());
    Point from;
    Point to;
    for (const Correspondence& pair : pairs) {
        from.x += pair.from.x / count;
        from.y += pair.from.y / count;
        to.x += pair.to.x / count;
        to.y += pair.to.y / count;
    }
    double real = 0.0;
    double imaginary = 0.0;
    double energy = 0.0;
    for (const Correspondence& pair : pairs) {
        const double x = pair.from.x - from.x;
        const double y = side * (pair.from.y - from.y);
        const double u = pair.to.x - to.x;
        const double v = pair.to.y - to.y;
        real += x * u + y * v;
        imaginary += x * v - y * u;
        energy += x * x + y * y;
    }
    if (energy <= 0.0 || (real == 0.0 && imaginary == 0.0)) return fallback;
    real /= energy;
    imaginary /= energy;
    const Affine turn{real, -side * imaginary, 0.0, imaginary, side * real, 0.0};
    const Point origin = turn(from);
    return compose(translation(to.x - origin.x, to.y - origin.y), turn);
}

Polygon rectangle(double x, double y, double width, double height) {
    return {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
}

Polygon map_polygon(const Affine& map, const Polygon& polygon) {
    Polygon mapped;
    for (const Point& corner : polygon) mapped.push_back(map(corner));
    return mapped;
}

double area(const Polygon& polygon) noexcept {
    double twice = 0.0;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Point& p = polygon[i];
        const Point& q = polygon[(i + 1) % polygon.size()];
        twice += p.x * q.y - q.x * p.y;
    }
    return std::abs(twice) / 2.0;
}

namespace {

/// The part where inside(corner) is at least 0; inside must be an affine function.
template <class Inside>
Polygon cut(const Polygon& polygon, Inside inside) {
    Polygon kept;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Point& p = polygon[i];
        const Point& q = polygon[(i + 1) % polygon.size()];
        const double at_p = inside(p);
        const double at_q = inside(q);
        if (at_p >= 0.0) kept.push_back(p);
        if ((at_p < 0.0) != (at_q < 0.0)) {
            const double share = at_p / (at_p - at_q);
            kept.push_back({p.x + share * (q.x - p.x), p.y + share * (q.y - p.y)});
        }
    }
    return kept;
}

}  // namespace

Polygon clip(Polygon polygon, double width, double height) {
    polygon = cut(polygon, [](const Point& p) { return p.x; });
    polygon = cut(polygon, [](const Point& p) { return p.y; });
    polygon = cut(polygon, [width](const Point& p) { return width - p.x; });
    return cut(polygon, [height](const Point& p) { return height - p.y; });
}

Box bounds(const Polygon& polygon) noexcept {
    Box box{polygon.front().x, polygon.front().y, polygon.front().x, polygon.front().y};
    for (const Point& corner : polygon) {
        box.left = std::min(box.left, corner.x);
        box.top = std::min(box.top, corner.y);
        box.right = std::max(box.right, corner.x);
        box.bottom = std::max(box.bottom, corner.y);
    }
    return box;
}

}  // namespace likeness::registration
