/// @file
/// Turns the cosine of two embeddings into a score.
#pragma once

#include <span>
#include <vector>

#include "likeness/error.hpp"

namespace likeness {

/// A strictly increasing curve through knots (cosine, score): the monotone piecewise cubic of
/// F. N. Fritsch and R. E. Carlson, "Monotone Piecewise Cubic Interpolation", SIAM J. Numer. Anal.
/// 17 (1980) 238-246. Additions, multiplications, divisions and square roots only.
class Calibration {
public:
    /// Knots from (-1, 0) to (1, 100), both strictly increasing, at least two. `invalid-argument`
    /// otherwise.
    static Result<Calibration> create(std::span<const double> cosines,
                                      std::span<const double> scores);

    /// The score in [0, 100]; exact at the knots. Cosines outside [-1, 1] are clamped;
    /// NaN gives NaN.
    [[nodiscard]] double score(double cosine) const noexcept;

private:
    struct Knot {
        double cosine;
        double score;
        double slope;
    };

    explicit Calibration(std::vector<Knot> knots) : knots_(std::move(knots)) {}

    std::vector<Knot> knots_;
};

}  // namespace likeness
