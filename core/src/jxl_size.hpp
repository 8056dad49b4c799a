/// @file
/// The size in the header of a JPEG XL file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace likeness {

/// Pixels, each up to 2^31, as stored: before the orientation of the codestream.
struct JxlSize {
    std::int64_t width;
    std::int64_t height;
};

/// The size that a bare codestream names, or one in a container's boxes jxlc or jxlp (ISO/IEC
/// 18181-2, 9); nothing where the file ends before it. Never reads outside of the file.
std::optional<JxlSize> read_jxl_size(std::span<const std::uint8_t> file) noexcept;

}  // namespace likeness
