#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "byte_reader.hpp"
#include "likeness/decode.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// What is left behind the first `length` bytes; nothing where there aren't as many.
Bytes skip(Bytes bytes, std::size_t length) noexcept {
    return bytes.size() < length ? Bytes{} : bytes.subspan(length);
}

/// Bytes of a GIF's table of colours, by the flags in front of it.
std::size_t colour_table_bytes(std::uint8_t flags) noexcept {
    constexpr std::uint8_t present = 0x80;
    return (flags & present) != 0 ? std::size_t{3} << ((flags & 7U) + 1U) : 0;
}

/// Behind the sub-blocks that a GIF's data is cut into, the empty one included.
Bytes skip_sub_blocks(Bytes bytes) noexcept {
    while (!bytes.empty() && bytes[0] != 0) bytes = skip(bytes, bytes[0] + std::size_t{1});
    return skip(bytes, 1);
}

/// Image descriptors (GIF89a, section 20).
int count_gif_frames(Bytes file) noexcept {
    constexpr std::size_t header_bytes = 13;
    constexpr std::size_t descriptor_bytes = 10;
    constexpr std::uint8_t image = 0x2C;
    constexpr std::uint8_t extension = 0x21;

    if (file.size() < header_bytes) return 0;
    Bytes rest = skip(file, header_bytes + colour_table_bytes(file[10]));
    int frames = 0;
    while (!rest.empty()) {
        if (rest[0] == extension) {
            rest = skip_sub_blocks(skip(rest, 2));
        } else if (rest[0] == image && rest.size() > descriptor_bytes) {
            ++frames;
            // One byte says how long the codes are.
            rest = skip(rest, descriptor_bytes + colour_table_bytes(rest[9]) + 1);
            rest = skip_sub_blocks(rest);
        } else {
            break;
        }
    }
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
