#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "byte_reader.hpp"
#include "gif_frames.hpp"
#include "likeness/decode.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;

int count_gif_frames(Bytes file) noexcept {
    GifFrames gif(file);
    int frames = 0;
    while (gif.next()) ++frames;
    return frames;
}

constexpr std::uint32_t chunk_type(const char (&name)[5]) noexcept {
    std::uint32_t type = 0;
    for (std::size_t i = 0; i < 4; ++i) type = type << 8U | static_cast<std::uint8_t>(name[i]);
    return type;
}

/// The animation control chunk, which comes before the picture data (PNG, third edition, 11.3.6.1).
int count_png_frames(Bytes file) noexcept {
    constexpr std::size_t signature_bytes = 8;
    constexpr std::size_t frame_bytes = 12;  // Length, type and checksum around a chunk's data.

    Bytes rest = skip(file, signature_bytes);
    while (const auto length = read_u32(rest, 0, ByteOrder::big_endian)) {
        const auto type = read_u32(rest, 4, ByteOrder::big_endian);
        if (!type || *type == chunk_type("IDAT")) break;
        if (*type == chunk_type("acTL")) {
            const auto frames = read_u32(rest, 8, ByteOrder::big_endian).value_or(0);
            return static_cast<int>(
                std::min<std::uint32_t>(frames, std::numeric_limits<int>::max()));
        }
        rest = skip(skip(rest, frame_bytes), *length);
    }
    return 0;
}

/// ANMF chunks (RFC 9649, section 2.7.1.1).
int count_webp_frames(Bytes file) noexcept {
    constexpr std::size_t header_bytes = 12;
    constexpr std::size_t chunk_header_bytes = 8;

    Bytes rest = skip(file, header_bytes);
    int frames = 0;
    while (const auto length = read_u32(rest, 4, ByteOrder::little_endian)) {
        if (read_u32(rest, 0, ByteOrder::big_endian) == chunk_type("ANMF")) ++frames;
        // Chunks of odd lengths have a byte more.
        rest = skip(skip(skip(rest, chunk_header_bytes), *length), *length % 2);
    }
    return frames;
}

}  // namespace

int count_frames(std::span<const std::uint8_t> file) noexcept {
    const auto counted = [file] {
        switch (sniff_format(file)) {
            case ImageFormat::gif:
                return count_gif_frames(file);
            case ImageFormat::png:
                return count_png_frames(file);
            case ImageFormat::webp:
                return count_webp_frames(file);
            default:
                return 1;
        }
    };
    return std::max(counted(), 1);
}

}  // namespace likeness
