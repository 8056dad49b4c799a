/// @file
/// File bytes to upright RGB pixels: JPEG, PNG and GIF by stb_image, BMP by a decoder of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "likeness/error.hpp"
#include "likeness/image.hpp"
#include "likeness/orientation.hpp"

namespace likeness {

/// Formats that are recognised by their first bytes. Only jpeg, png, bmp and gif are decoded.
enum class ImageFormat { jpeg, png, bmp, gif, webp, avif, heic, tiff, jpeg_xl, svg, unknown };

/// The format's usual spelling: "JPEG", "WebP"; "unknown" for ImageFormat::unknown.
[[nodiscard]] std::string_view to_string(ImageFormat format) noexcept;

/// Whether decode() can decode the format. Of the others only name and size are known.
[[nodiscard]] bool is_decodable(ImageFormat format) noexcept;

/// The format by the file's magic bytes; nothing else is checked.
[[nodiscard]] ImageFormat sniff_format(std::span<const std::uint8_t> file) noexcept;

/// Limits are checked against the header before anything is allocated.
struct DecodeOptions {
    std::uint64_t max_pixels = 100'000'000;  ///< Width times height; at most 2^28.
    int max_side = 65'535;  ///< Of width and of height; a GIF's are at most 65,535.
    std::size_t max_file_bytes = std::size_t{128} << 20;  ///< Of the encoded file: 128 MiB.
    Rgb background{255, 255, 255};  ///< What transparent pixels are composited on.
    /// Returns an image with transparent pixels as RGBA, not composited.
    bool keep_alpha = false;
};

/// How many frames a GIF, PNG or WebP file has, counted by its complete blocks and chunks; at
/// least 1. Other files count as images of one frame. Nothing is decoded, so
/// a frame may still be damaged.
[[nodiscard]] int count_frames(std::span<const std::uint8_t> file) noexcept;

/// The content of a file's header.
struct ImageInfo {
    ImageFormat format;
    Size size;  ///< As stored, before orientation.
    Orientation orientation;
};

/// Reads the header only; its memory doesn't depend on the image's size. Errors:
/// `image-too-large` (any limit, also for WebP, AVIF, HEIC and JPEG XL, which other decoders may
/// read; and a JPEG of more than 100 scans), `unsupported-format` (another format; a JPEG in CMYK,
/// with arithmetic coding, lossless or of more than 8 bits; a BMP that holds a JPEG, a PNG, or
/// OS/2's Huffman codes or runs of 24 bits), `corrupt-image`.
Result<ImageInfo> read_info(std::span<const std::uint8_t> file, const DecodeOptions& options = {});

/// The upright image as RGB, 8 bits a channel: EXIF orientation applied, alpha composited on
/// `options.background` unless it is kept, 16 bits a channel cut to their upper 8, grey repeated in
/// all channels, the first frame of a GIF or an animated PNG. Embedded colour profiles are not
/// applied. The errors of read_info, and `out-of-memory`.
///
/// The data of a JPEG or PNG must be complete; if that of a GIF or BMP ends early, the missing part
/// of the image has one colour.
Result<Image> decode(std::span<const std::uint8_t> file, const DecodeOptions& options = {});

}  // namespace likeness
