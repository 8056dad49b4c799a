/// @file
/// EXIF orientation, and rotating and mirroring images accordingly.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"

namespace likeness {

/// EXIF 2.32 tag 0x0112: where row 0 and column 0 of the stored pixels lie in the upright image.
enum class Orientation : std::uint8_t {
    top_left = 1,      ///< Upright as stored.
    top_right = 2,     ///< Mirrored left to right.
    bottom_right = 3,  ///< Rotated by 180°.
    bottom_left = 4,   ///< Mirrored top to bottom.
    left_top = 5,      ///< Mirrored along the main diagonal.
    right_top = 6,     ///< To be rotated by 90° clockwise.
    right_bottom = 7,  ///< Mirrored along the other diagonal.
    left_bottom = 8,   ///< To be rotated by 90° counter-clockwise.
};

/// The orientation with this number; nothing for others than 1 to 8.
[[nodiscard]] constexpr std::optional<Orientation> orientation_from(std::int64_t number) noexcept {
    if (number < 1 || number > 8) return std::nullopt;
    return static_cast<Orientation>(number);
}

/// The orientation that a JPEG (APP1 segment) or PNG (eXIf chunk) file carries. Never fails and
/// never reads outside `file`: no EXIF data, damaged data and values other than 1 to 8 all count as
/// Orientation::top_left.
[[nodiscard]] Orientation read_exif_orientation(std::span<const std::uint8_t> file) noexcept;

/// Whether making an image upright swaps its width and height.
[[nodiscard]] constexpr bool swaps_axes(Orientation orientation) noexcept {
    return orientation >= Orientation::left_top;
}

/// Width and height of the upright image.
[[nodiscard]] constexpr Size oriented(Size size, Orientation orientation) noexcept {
    return swaps_axes(orientation) ? Size{size.height, size.width} : size;
}

/// The upright image. Orientations that keep width and height work in place; the others need a
/// second image for a moment: `out-of-memory`.
Result<Image> orient(Image image, Orientation orientation);

/// The same for a network's input of 3 × height × width values: nearly the tensor of the oriented
/// image, without decoding and resizing again. (Resizing rounds between its two directions, and
/// the centre crop of the oriented image may be one pixel off.) The result has the size
/// oriented(size). `invalid-argument` for sides below 1 or a tensor of another length.
Result<std::vector<float>> orient_tensor(std::span<const float> tensor, Size size,
                                         Orientation orientation);

}  // namespace likeness
