/// @file
/// How the brightness of one picture follows from that of another at the same places.
#pragma once

#include <array>
#include <span>

namespace likeness::registration {

/// A rising curve from levels to levels, straight between its knots.
class ToneCurve {
public:
    static constexpr int knots = 64;

    /// The median of b's levels where a has those around a knot, over places that lie on each
    /// other; made to rise by pooling (M. Ayer et al., "An empirical distribution function for
    /// sampling with incomplete information", Ann. Math. Stat. 26/4 (1955)), straight where a has
    /// hardly any such levels. A median doesn't care for what less than half of the places say.
    static ToneCurve fit(std::span<const float> a, std::span<const float> b);

    [[nodiscard]] float operator()(float level) const noexcept;

    /// Of the line that runs through most of the curve's levels.
    [[nodiscard]] double slope() const noexcept { return slope_; }

private:
    std::array<float, knots> levels_{};
    double slope_ = 1.0;
};

}  // namespace likeness::registration
