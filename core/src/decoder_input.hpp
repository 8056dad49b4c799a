/// @file
/// A file as stb_image has to see it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "likeness/decode.hpp"
#include "likeness/image.hpp"

namespace likeness {

/// The bytes that stb_image gets: the file's own (a JPEG's up to the end of its picture) or, where
/// stb_image would read another picture out of them than browsers do, a copy in which some are
/// changed.
class DecoderInput {
public:
    /// @param file has to outlive the input
    /// @param size that of the picture, as read_info() found it
    /// @return nothing where memory ends
    static std::optional<DecoderInput> create(ImageFormat format,
                                              std::span<const std::uint8_t> file, Size size);

    [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

    /// Where in the picture what stb_image reads belongs; the rest of the picture is transparent.
    [[nodiscard]] const Region& place() const noexcept { return place_; }

private:
    DecoderInput(std::span<const std::uint8_t> file, Size size) noexcept
        : bytes_(file), place_{0, 0, size.width, size.height} {}

    /// The copy to change; empty where there is no memory for one.
    std::span<std::uint8_t> copy();

    PixelBuffer copy_;
    std::span<const std::uint8_t> bytes_;
    Region place_;
};

}  // namespace likeness
