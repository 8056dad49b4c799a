/// @file
/// A fingerprint's luma, checked and turned.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "likeness/fingerprint.hpp"
#include "message.hpp"
#include "orient_plane.hpp"

namespace likeness {

inline constexpr std::size_t luma_side = Fingerprint::luma_side;

inline constexpr Size luma_size{static_cast<int>(luma_side), static_cast<int>(luma_side)};

using Luma = std::array<std::uint8_t, luma_side * luma_side>;

/// `invalid-argument` where the luma isn't a square of luma_side.
inline Status check_luma(std::span<const std::uint8_t> luma) {
    if (luma.size() == luma_side * luma_side) return {};
    return Error{
        ErrorCode::invalid_argument,
        message({"a fingerprint has lumas of 64 × 64 pixels, not of ", luma.size(), " bytes"})};
}

/// Needs a luma that check_luma lets pass.
inline Luma orient_luma(std::span<const std::uint8_t> luma, Orientation orientation) noexcept {
    Luma turned{};
    orient_plane(luma.data(), luma_size, orientation, turned.data());
    return turned;
}

}  // namespace likeness
