#include "refinement.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "tiles.hpp"

namespace likeness::registration {
namespace {

constexpr std::size_t most_unknowns = 6;

using Vector = std::array<double, most_unknowns>;
using Matrix = std::array<Vector, most_unknowns>;

/// Gaussian elimination with pivots from the diagonal's column; 0 for what the matrix leaves open.
Vector solve(Matrix matrix, Vector right, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t pivot = i;
        for (std::size_t row = i + 1; row < count; ++row) {
            if (std::abs(matrix[row][i]) > std::abs(matrix[pivot][i])) pivot = row;
        }
        std::swap(matrix[i], matrix[pivot]);
        std::swap(right[i], right[pivot]);
        if (std::abs(matrix[i][i]) < 1e-12) continue;
        for (std::size_t row = i + 1; row < count; ++row) {
            const double factor = matrix[row][i] / matrix[i][i];
            for (std::size_t column = i; column < count; ++column) {
                matrix[row][column] -= factor * matrix[i][column];
            }
            right[row] -= factor * right[i];
        }
    }
    Vector solution{};
    for (std::size_t i = count; i-- > 0;) {
        double rest = right[i];
        for (std::size_t column = i + 1; column < count; ++column) {
            rest -= matrix[i][column] * solution[column];
        }
        solution[i] = std::abs(matrix[i][i]) < 1e-12 ? 0.0 : rest / matrix[i][i];
    }
    return solution;
}

/// How a tile at (x, y), in units of the picture's size from its middle, moves with each unknown.
struct Motion {
    Vector x{};
    Vector y{};
    std::size_t count = 0;
};

Motion motion_at(Point p, Freedom freedom) noexcept {
    if (freedom == Freedom::similarity) {
        return {{1.0, 0.0, p.x, -p.y}, {0.0, 1.0, p.y, p.x}, 4};
    }
    return {{1.0, 0.0, p.x, p.y, 0.0, 0.0}, {0.0, 1.0, 0.0, 0.0, p.x, p.y}, 6};
}

Affine displacement(const Vector& s, Freedom freedom) noexcept {
    if (freedom == Freedom::similarity) {
        return {1.0 + s[2], -s[3], s[0], s[3], 1.0 + s[2], s[1]};
    }
    return {1.0 + s[2], s[3], s[0], s[4], 1.0 + s[5], s[1]};
}

/// Tiles with a variance below this say nothing about motion.
constexpr double least_variance = 4.0;

struct Step {
    Affine move;  ///< Of a's pixels: where the content at a point of b is found in a.
    double fit;
};

Step step_from(const Plane& a, const Plane& b, const Affine& map, Freedom freedom) {
    const auto tiles = tiles_inside(a.size(), map, b.size());
    const auto own = own_moments(a, tiles);
    const auto shared = shared_moments(a, warp(b, map, a.size()), tiles);
    const Affine to_units = compose(scaling(1.0 / a.width(), 1.0 / a.width()),
                                    translation(-a.width() / 2.0, -a.height() / 2.0));
    Matrix matrix{};
    Vector right{};
    std::size_t count = 0;
    double explained = 0.0;
    double detailed = 0.0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const TileFit fit = fit_tile(own[i], shared[i]);
        if (fit.variance_a < least_variance || fit.variance_b <= 0.0) continue;
        detailed += 1.0;
        if (fit.correlation <= 0.0) continue;
        explained += fit.correlation * fit.correlation;
        const double n = tile_area;
        const OwnMoments& o = own[i];
        const SharedMoments& s = shared[i];
        // b in a's brightness and contrast, less a, times the gradient of a.
        const double gain = std::sqrt(fit.variance_a / fit.variance_b);
        const double error_x = gain * (s.bx - s.b * o.dx / n) - (o.ax - o.a * o.dx / n);
        const double error_y = gain * (s.by - s.b * o.dy / n) - (o.ay - o.a * o.dy / n);
        const double weight =
            fit.correlation * fit.correlation / (fit.variance_a + 4.0 * least_variance);
        const Motion motion = motion_at(to_units(tiles[i].centre()), freedom);
        count = motion.count;
        for (std::size_t row = 0; row < count; ++row) {
            right[row] += weight * (motion.x[row] * error_x + motion.y[row] * error_y);
            const double by_x = motion.x[row] * o.xx + motion.y[row] * o.xy;
            const double by_y = motion.x[row] * o.xy + motion.y[row] * o.yy;
            for (std::size_t column = 0; column < count; ++column) {
                matrix[row][column] += weight * (by_x * motion.x[column] + by_y * motion.y[column]);
            }
        }
    }
    // A touch of damping: what the tiles say nothing about stays as it is.
    for (std::size_t i = 0; i < count; ++i) matrix[i][i] *= 1.0 + 1e-4;
    Vector solution = solve(matrix, right, count);
    // In units of the picture's width, but for the shift.
    for (std::size_t i = 2; i < count; ++i) solution[i] /= a.width();
    const Affine centred = displacement(solution, freedom);
    const Point middle{a.width() / 2.0, a.height() / 2.0};
    return {compose(translation(middle.x, middle.y),
                    compose(centred, translation(-middle.x, -middle.y))),
            detailed > 0.0 ? explained / detailed : 0.0};
}

/// Whether no corner moves by more than a small part of a pixel.
bool hardly_moves(const Affine& move, Size size) noexcept {
    constexpr double least = 0.02;
    const Polygon corners = rectangle(0.0, 0.0, size.width, size.height);
    return std::all_of(corners.begin(), corners.end(), [&move](const Point& corner) {
        const Point moved = move(corner);
        return std::abs(moved.x - corner.x) <= least && std::abs(moved.y - corner.y) <= least;
    });
}

}  // namespace

Refinement refine(const Plane& a, const Plane& b, const Affine& map, int steps, Freedom freedom) {
    Refinement best{map, -1.0};
    Affine current = map;
    for (int i = 0; i <= steps; ++i) {
        const Step step = step_from(a, b, current, freedom);
        if (step.fit > best.fit) best = {current, step.fit};
        if (i == steps || step.move.determinant() <= 0.25 || hardly_moves(step.move, a.size())) {
            break;
        }
        current = compose(current, inverse(step.move));
    }
    return best;
}

}  // namespace likeness::registration
