/// @file
/// The frames of a GIF file (GIF89a, https://www.w3.org/Graphics/GIF/spec-gif89a.txt).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "likeness/image.hpp"

namespace likeness {

/// Walks from frame to frame, never outside the file and never backwards.
class GifFrames {
public:
    explicit GifFrames(std::span<const std::uint8_t> file) noexcept;

    /// Where on the screen the next frame lies, which may be beyond it; nothing at the end, and at
    /// the first broken rule.
    std::optional<Region> next() noexcept;

private:
    std::span<const std::uint8_t> rest_;
};

}  // namespace likeness
