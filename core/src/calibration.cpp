#include "likeness/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace likeness {
namespace {

bool strictly_increasing(std::span<const double> values) noexcept {
    // Written so that NaN fails too.
    return std::adjacent_find(values.begin(), values.end(),
                              [](double a, double b) { return !(a < b); }) == values.end();
}

}  // namespace

Result<Calibration> Calibration::create(std::span<const double> cosines,
                                        std::span<const double> scores) {
    if (cosines.size() < 2 || cosines.size() != scores.size()) {
        return Error{ErrorCode::invalid_argument,
                     "a calibration needs at least two knots, and a score for each cosine"};
    }
    if (!strictly_increasing(cosines) || !strictly_increasing(scores)) {
        return Error{ErrorCode::invalid_argument,
                     "a calibration's cosines and scores must both strictly increase"};
    }
    if (cosines.front() != -1.0 || cosines.back() != 1.0 || scores.front() != 0.0 ||
        scores.back() != 100.0) {
        return Error{ErrorCode::invalid_argument,
                     "a calibration runs from cosine -1, score 0 to cosine 1, score 100"};
    }

    std::vector<Knot> knots;
    knots.reserve(cosines.size());
    for (std::size_t i = 0; i < cosines.size(); ++i) knots.push_back({cosines[i], scores[i], 0.0});
    const auto secant = [&](std::size_t i) {
        return (knots[i + 1].score - knots[i].score) / (knots[i + 1].cosine - knots[i].cosine);
    };

    // Fritsch & Carlson, section 4: start from the mean of the neighbouring secants …
    const std::size_t last = knots.size() - 1;
    knots[0].slope = secant(0);
    knots[last].slope = secant(last - 1);
    for (std::size_t i = 1; i < last; ++i) knots[i].slope = (secant(i - 1) + secant(i)) / 2.0;

    // … and shrink a piece's two slopes into the circle of radius 3 (in units of its secant), which
    // lies in the region where a cubic is monotone.
    for (std::size_t i = 0; i < last; ++i) {
        const double alpha = knots[i].slope / secant(i);
        const double beta = knots[i + 1].slope / secant(i);
        const double radius_squared = alpha * alpha + beta * beta;
        if (radius_squared > 9.0) {
            const double shrink = 3.0 / std::sqrt(radius_squared);
            knots[i].slope = shrink * alpha * secant(i);
            knots[i + 1].slope = shrink * beta * secant(i);
        }
    }
    return Calibration(std::move(knots));
}

double Calibration::score(double cosine) const noexcept {
    if (cosine <= knots_.front().cosine) return knots_.front().score;
    if (cosine >= knots_.back().cosine) return knots_.back().score;
    if (std::isnan(cosine)) return cosine;

    const auto right =
        std::upper_bound(knots_.begin(), knots_.end(), cosine,
                         [](double value, const Knot& knot) { return value < knot.cosine; });
    const auto left = std::prev(right);

    // The cubic Hermite polynomial in Horner's form.
    const double width = right->cosine - left->cosine;
    const double secant = (right->score - left->score) / width;
    const double quadratic = (3.0 * secant - 2.0 * left->slope - right->slope) / width;
    const double cubic = (left->slope + right->slope - 2.0 * secant) / (width * width);
    const double x = cosine - left->cosine;
    const double value = left->score + x * (left->slope + x * (quadratic + x * cubic));
    return std::clamp(value, left->score, right->score);
}

}  // namespace likeness
