/// @file
/// What every taker of features checks.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace likeness {

[[nodiscard]] inline bool all_finite(std::span<const float> values) noexcept {
    return std::all_of(values.begin(), values.end(),
                       [](float value) { return std::isfinite(value); });
}

}  // namespace likeness
