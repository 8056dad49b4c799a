/// @file
/// The chunks of a PNG file (PNG specification, third edition, section 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace likeness {

struct PngChunk {
    std::uint32_t type;                   ///< As png_chunk_type() makes it.
    std::span<const std::uint8_t> data;   ///< Without length, type and checksum.
    std::span<const std::uint8_t> bytes;  ///< All of the chunk.

    /// Whether the checksum is that of type and data; all of them are read for it.
    [[nodiscard]] bool is_intact() const noexcept;
};

/// Four letters as one number.
constexpr std::uint32_t png_chunk_type(const char (&name)[5]) noexcept {
    std::uint32_t type = 0;
    for (std::size_t i = 0; i < 4; ++i) type = type << 8U | static_cast<std::uint8_t>(name[i]);
    return type;
}

/// Walks from chunk to chunk, never outside the file and never backwards.
class PngChunks {
public:
    explicit PngChunks(std::span<const std::uint8_t> file) noexcept;

    /// The next whole chunk; nothing at the end of the file, where the signature isn't PNG's, and
    /// where the file is cut off.
    std::optional<PngChunk> next() noexcept;

private:
    std::span<const std::uint8_t> rest_;
};

}  // namespace likeness
