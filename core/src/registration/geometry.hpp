/// @file
/// Points, affine maps of the plane, and polygons. Pixel (i, j) covers [i, i + 1) × [j, j + 1).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "likeness/image.hpp"

namespace likeness::registration {

struct Point {
    double x = 0.0;
    double y = 0.0;
};

/// (x, y) ↦ (a x + b y + c, d x + e y + f).
struct Affine {
    double a = 1.0;
    double b = 0.0;
    double c = 0.0;
    double d = 0.0;
    double e = 1.0;
    double f = 0.0;

    [[nodiscard]] Point operator()(Point p) const noexcept {
        return {a * p.x + b * p.y + c, d * p.x + e * p.y + f};
    }
    [[nodiscard]] double determinant() const noexcept { return a * e - b * d; }
    /// The factor by which lengths grow, the geometric mean of all directions.
    [[nodiscard]] double scale() const noexcept;
};

[[nodiscard]] Affine scaling(double x, double y) noexcept;
[[nodiscard]] Affine translation(double x, double y) noexcept;

/// First `inner`, then `outer`.
[[nodiscard]] Affine compose(const Affine& outer, const Affine& inner) noexcept;

/// The determinant must not be 0.
[[nodiscard]] Affine inverse(const Affine& map) noexcept;

/// The similarity (turn and scale, after mirroring where the determinant is negative) that is
/// nearest to a map's matrix, as a complex number: where a mirrored point is its conjugate, the map
/// turns and scales by it.
[[nodiscard]] Point nearest_similarity(const Affine& map) noexcept;

/// How far the map is from a similarity: the larger singular value over the smaller.
[[nodiscard]] double stretch(const Affine& map) noexcept;

/// Two points that should come together.
struct Correspondence {
    Point from;
    Point to;
};

/// The similarity that brings `from` nearest to `to` in the sense of least squares (S. Umeyama,
/// "Least-squares estimation of transformation parameters", PAMI 13/4 (1991), in the plane).
/// `fallback` where all points are one.
[[nodiscard]] Affine fit_similarity(std::span<const Correspondence> pairs, bool mirrored,
                                    const Affine& fallback) noexcept;

/// A convex polygon.
using Polygon = std::vector<Point>;

[[nodiscard]] Polygon rectangle(double x, double y, double width, double height);
[[nodiscard]] Polygon map_polygon(const Affine& map, const Polygon& polygon);
[[nodiscard]] double area(const Polygon& polygon) noexcept;

/// The part of `polygon` inside 0 ≤ x ≤ width, 0 ≤ y ≤ height (I. Sutherland and G. Hodgman,
/// "Reentrant polygon clipping", CACM 17/1 (1974)).
[[nodiscard]] Polygon clip(Polygon polygon, double width, double height);

struct Box {
    double left = 0.0;
    double top = 0.0;
    double right = 0.0;
    double bottom = 0.0;
};

/// The polygon must have a corner.
[[nodiscard]] Box bounds(const Polygon& polygon) noexcept;

}  // namespace likeness::registration
