/// @file
/// The three questions that the core asks stb_image.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "likeness/image.hpp"

namespace likeness::stb {

/// The size that stb_image reads from a file's header. None where stb_image wants nothing to do
/// with the file.
[[nodiscard]] std::optional<Size> read_size(std::span<const std::uint8_t> file) noexcept;

/// @param channels how many to make of the file's own, 0 for as many
/// @param channels_in_file set to the file's own where pixels are returned
/// @return null where it failed
[[nodiscard]] PixelBuffer load(std::span<const std::uint8_t> file, int channels,
                               int& channels_in_file) noexcept;

/// Why this thread's last load failed, for people to read.
[[nodiscard]] const char* failure_reason() noexcept;

}  // namespace likeness::stb
