#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "byte_reader.hpp"
#include "gif_frames.hpp"
#include "likeness/decode.hpp"
#include "png_chunks.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;

int count_gif_frames(Bytes file) noexcept {
    GifFrames gif(file);
    int frames = 0;
    while (gif.next()) ++frames;
    return frames;
}

/// The animation control chunk, which comes before the picture data (PNG, third edition, 11.3.6.1).
int count_png_frames(Bytes file) noexcept {
    PngChunks chunks(file);
    while (const auto chunk = chunks.next()) {
        if (chunk->type == png_chunk_type("IDAT")) break;
        if (chunk->type == png_chunk_type("acTL")) {
            const auto frames = read_u32(chunk->data, 0, ByteOrder::big_endian).value_or(0);
            return static_cast<int>(
                std::min<std::uint32_t>(frames, std::numeric_limits<int>::max()));
        }
    }
    return 0;
}

/// ANMF chunks (RFC 9649, section 2.7.1.1).
int count_webp_frames(Bytes file) noexcept {
    constexpr std::size_t header_bytes = 12;
    constexpr std::size_t chunk_header_bytes = 8;
    constexpr std::uint32_t animation_frame = 0x414E4D46;  // "ANMF"

    Bytes rest = skip(file, header_bytes);
    int frames = 0;
    while (const auto length = read_u32(rest, 4, ByteOrder::little_endian)) {
        if (read_u32(rest, 0, ByteOrder::big_endian) == animation_frame) ++frames;
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
