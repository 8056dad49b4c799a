/// @file
/// The smallest encoders that make the test pictures: no compression at all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace likeness::test {

using ByteVector = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;

inline void append(ByteVector& bytes, ByteSpan more) {
    for (const std::uint8_t byte : more) bytes.push_back(byte);
}

inline void append(ByteVector& bytes, std::string_view text) {
    for (const char letter : text) bytes.push_back(static_cast<std::uint8_t>(letter));
}

inline void append_big_endian(ByteVector& bytes, std::uint32_t value, int width) {
    for (int byte = width - 1; byte >= 0; --byte) {
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * byte)));
    }
}

inline void append_little_endian(ByteVector& bytes, std::uint32_t value, int width) {
    for (int byte = 0; byte < width; ++byte) {
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * byte)));
    }
}

/// The CRC of the PNG specification, annex D.
inline std::uint32_t crc32(ByteSpan bytes) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const std::uint8_t byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

/// RFC 1950, section 8.2.
inline std::uint32_t adler32(ByteSpan bytes) {
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (const std::uint8_t byte : bytes) {
        a = (a + byte) % 65521U;
        b = (b + a) % 65521U;
    }
    return b << 16U | a;
}

/// A zlib stream of stored blocks (RFC 1951, section 3.2.4).
inline ByteVector zlib_store(ByteSpan bytes) {
    constexpr std::size_t longest_block = 65535;
    ByteVector stream{0x78, 0x01};
    ByteSpan rest = bytes;
    do {
        const ByteSpan block =
            rest.first(rest.size() < longest_block ? rest.size() : longest_block);
        rest = rest.subspan(block.size());
        stream.push_back(rest.empty() ? 1 : 0);
        append_little_endian(stream, static_cast<std::uint32_t>(block.size()), 2);
        append_little_endian(stream, ~static_cast<std::uint32_t>(block.size()), 2);
        append(stream, block);
    } while (!rest.empty());
    append_big_endian(stream, adler32(bytes), 4);
    return stream;
}

struct PngChunk {
    std::string_view type;
    ByteVector data;
    bool intact = true;  ///< Whether its checksum is right.
};

struct PngSpec {
    std::uint32_t width;
    std::uint32_t height;
    std::uint8_t bit_depth = 8;
    std::uint8_t colour_type = 2;  ///< 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA.
    bool interlaced = false;
    std::vector<PngChunk> chunks{};  ///< Between IHDR and IEND.
};

/// A PNG file of these chunks behind IHDR; without an IEND of their own.
inline ByteVector encode_png(const PngSpec& spec) {
    ByteVector file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    const auto append_chunk = [&](const PngChunk& chunk) {
        ByteVector checked;
        append(checked, chunk.type);
        append(checked, chunk.data);
        append_big_endian(file, static_cast<std::uint32_t>(chunk.data.size()), 4);
        append(file, checked);
        append_big_endian(file, crc32(checked) ^ (chunk.intact ? 0U : 1U), 4);
    };
    ByteVector header;
    append_big_endian(header, spec.width, 4);
    append_big_endian(header, spec.height, 4);
    const std::array<std::uint8_t, 5> coding{spec.bit_depth, spec.colour_type, 0, 0,
                                             static_cast<std::uint8_t>(spec.interlaced ? 1 : 0)};
    append(header, coding);
    append_chunk({"IHDR", header});
    for (const PngChunk& chunk : spec.chunks) append_chunk(chunk);
    append_chunk({"IEND", {}});
    return file;
}

/// `scanlines` are as in the file: packed, each behind its filter byte, pass after pass where
/// interlaced.
inline ByteVector encode_png(PngSpec spec, ByteSpan scanlines) {
    spec.chunks.push_back({"IDAT", zlib_store(scanlines)});
    return encode_png(spec);
}

/// Puts filter byte 0 in front of each row.
inline ByteVector unfiltered(ByteSpan pixels, std::size_t row_bytes) {
    ByteVector scanlines;
    for (std::size_t row = 0; row < pixels.size(); row += row_bytes) {
        scanlines.push_back(0);
        append(scanlines, pixels.subspan(row, row_bytes));
    }
    return scanlines;
}

/// 8-bit pixels without interlacing.
inline ByteVector encode_png(const PngSpec& spec, ByteSpan pixels, int channels) {
    return encode_png(
        spec, unfiltered(pixels, std::size_t{spec.width} * static_cast<std::size_t>(channels)));
}

struct BmpSpec {
    std::int32_t width;
    std::int32_t height;  ///< Below zero where the top row comes first.
    std::uint32_t bits = 24;
    std::uint32_t header_bytes = 40;
    std::uint32_t compression = 0;
    std::vector<std::uint32_t> masks{};  ///< Inside the header where it has room, else behind it.
    ByteVector palette{};                ///< As in the file: blue, green, red and, mostly, a 0.
    std::uint32_t gap = 0;               ///< Bytes between all that and the pixels.
};

/// `rows` are as in the file: coded and padded.
inline ByteVector encode_bmp(const BmpSpec& spec, ByteSpan rows) {
    ByteVector header;
    const int side_bytes = spec.header_bytes == 12 ? 2 : 4;
    append_little_endian(header, spec.header_bytes, 4);
    append_little_endian(header, static_cast<std::uint32_t>(spec.width), side_bytes);
    append_little_endian(header, static_cast<std::uint32_t>(spec.height), side_bytes);
    append_little_endian(header, 1, 2);
    append_little_endian(header, spec.bits, 2);
    if (spec.header_bytes >= 40) {
        append_little_endian(header, spec.compression, 4);
        append_little_endian(header, static_cast<std::uint32_t>(rows.size()), 4);
        append_little_endian(header, 0, 4);
        append_little_endian(header, 0, 4);
        append_little_endian(header, static_cast<std::uint32_t>(spec.palette.size()) / 4, 4);
        append_little_endian(header, 0, 4);
    }
    for (const std::uint32_t mask : spec.masks) append_little_endian(header, mask, 4);
    if (header.size() < spec.header_bytes) header.resize(spec.header_bytes);
    append(header, spec.palette);
    header.resize(header.size() + spec.gap, 0xAA);

    const auto start = static_cast<std::uint32_t>(14 + header.size());
    ByteVector file{'B', 'M'};
    append_little_endian(file, start + static_cast<std::uint32_t>(rows.size()), 4);
    append_little_endian(file, 0, 4);
    append_little_endian(file, start, 4);
    append(file, header);
    append(file, rows);
    return file;
}

/// A 24-bit BMP from RGB pixels, top row first; stored the other way round unless `top_down`.
inline ByteVector encode_bmp(int width, int height, ByteSpan rgb, bool top_down = false) {
    const std::size_t row_bytes = static_cast<std::size_t>(width) * 3;
    const std::size_t padding = (4 - row_bytes % 4) % 4;
    ByteVector rows;
    for (int y = 0; y < height; ++y) {
        const auto row = static_cast<std::size_t>(top_down ? y : height - 1 - y);
        for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
            const ByteSpan pixel = rgb.subspan(row * row_bytes + 3 * x, 3);
            rows.insert(rows.end(), {pixel[2], pixel[1], pixel[0]});
        }
        rows.insert(rows.end(), padding, 0);
    }
    return encode_bmp(BmpSpec{width, top_down ? -height : height}, rows);
}

/// Where on the screen a picture of a GIF lies.
struct GifPlace {
    int x;
    int y;
    int width;
    int height;
};

/// One picture of a GIF: palette indices below 128.
struct GifFrame {
    ByteVector indices;
    int transparent_index = -1;
    std::optional<GifPlace> place{};  ///< The whole screen where it isn't given.
};

/// A GIF with a palette of 128 RGB colours whose LZW stream never grows its table: a clear code in
/// front of every 100 pixels keeps all codes 8 bits wide.
inline ByteVector encode_gif(int width, int height, ByteSpan palette,
                             std::span<const GifFrame> frames, std::uint8_t background = 0) {
    ByteVector file;
    append(file, "GIF89a");
    append_little_endian(file, static_cast<std::uint32_t>(width), 2);
    append_little_endian(file, static_cast<std::uint32_t>(height), 2);
    file.insert(file.end(), {0xF6, background, 0});  // A global palette of 2^7 colours.
    append(file, palette);
    for (const GifFrame& frame : frames) {
        const bool transparent = frame.transparent_index >= 0;
        file.insert(file.end(),
                    {0x21, 0xF9, 4, static_cast<std::uint8_t>(transparent ? 1 : 0), 0, 0,
                     static_cast<std::uint8_t>(transparent ? frame.transparent_index : 0), 0});
        file.push_back(0x2C);
        const GifPlace place = frame.place.value_or(GifPlace{0, 0, width, height});
        for (const int field : {place.x, place.y, place.width, place.height}) {
            append_little_endian(file, static_cast<std::uint32_t>(field), 2);
        }
        file.insert(file.end(), {0, 7});  // No own palette; 7 bits an index, so codes have 8.

        constexpr std::uint8_t clear = 128;
        constexpr std::uint8_t end = 129;
        ByteVector codes;
        for (std::size_t i = 0; i < frame.indices.size(); ++i) {
            if (i % 100 == 0) codes.push_back(clear);
            codes.push_back(frame.indices[i]);
        }
        codes.push_back(end);
        for (ByteSpan rest = codes; !rest.empty();) {
            const ByteSpan block = rest.first(rest.size() < 255 ? rest.size() : 255);
            file.push_back(static_cast<std::uint8_t>(block.size()));
            append(file, block);
            rest = rest.subspan(block.size());
        }
        file.push_back(0);
    }
    file.push_back(0x3B);
    return file;
}

/// A TIFF structure whose first directory holds an unrelated entry and the orientation.
inline ByteVector encode_exif(std::uint32_t orientation, bool big_endian) {
    ByteVector tiff;
    const auto put = [&](std::uint32_t value, int width) {
        if (big_endian) {
            append_big_endian(tiff, value, width);
        } else {
            append_little_endian(tiff, value, width);
        }
    };
    append(tiff, big_endian ? "MM" : "II");
    put(42, 2);
    put(8, 4);
    put(2, 2);
    const auto put_short_entry = [&](std::uint32_t tag, std::uint32_t value) {
        put(tag, 2);
        put(3, 2);
        put(1, 4);
        put(value, 2);
        put(0, 2);
    };
    put_short_entry(0x0106, 2);
    put_short_entry(0x0112, orientation);
    put(0, 4);
    return tiff;
}

/// The JPEG with an Exif segment behind its first marker.
inline ByteVector with_jpeg_exif(ByteSpan jpeg, ByteSpan tiff) {
    ByteVector file(jpeg.begin(), jpeg.begin() + 2);
    append_big_endian(file, 0xFFE1, 2);
    append_big_endian(file, static_cast<std::uint32_t>(tiff.size() + 8), 2);
    append(file, std::string_view("Exif\0\0", 6));
    append(file, tiff);
    append(file, jpeg.subspan(2));
    return file;
}

}  // namespace likeness::test
