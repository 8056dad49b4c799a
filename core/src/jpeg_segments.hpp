/// @file
/// The marker segments of a JPEG (ITU-T T.81, annex B).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace likeness {

struct JpegSegment {
    std::uint8_t marker;                  ///< Its second byte: 0xE1 for APP1.
    std::span<const std::uint8_t> bytes;  ///< From the length field on, two bytes or more.

    /// What comes after the length field.
    [[nodiscard]] std::span<const std::uint8_t> payload() const noexcept {
        return bytes.subspan(2);
    }
};

/// Walks from segment to segment, never outside the file and never backwards. Stray bytes between
/// segments are passed over, as all decoders do.
class JpegSegments {
public:
    explicit JpegSegments(std::span<const std::uint8_t> file) noexcept;

    /// The next segment; nothing at the first scan, at the end, and at the first broken rule.
    std::optional<JpegSegment> next() noexcept;

    /// Passes over the scan, header and coded data, in front of which next() stopped; next() goes
    /// on behind it. False where it stopped at something else.
    bool skip_scan() noexcept;

    /// What lies behind the last segment, from its marker's second byte.
    [[nodiscard]] std::span<const std::uint8_t> rest() const noexcept { return rest_; }

private:
    std::span<const std::uint8_t> rest_;
};

/// The file up to the marker that ends its picture (EOI); all of it where there is none. Cameras
/// put further pictures and films behind it. Thumbnails are pictures inside segments, so they end
/// none.
std::span<const std::uint8_t> jpeg_picture(std::span<const std::uint8_t> file) noexcept;

/// What a frame header says (T.81, B.2.2).
struct JpegFrame {
    std::uint8_t marker;  ///< 0xC0 to 0xCF.
    int precision;        ///< Bits a sample.
    int width;
    int height;
    int components;
};

/// The first frame header in front of the picture data.
std::optional<JpegFrame> find_jpeg_frame(std::span<const std::uint8_t> file) noexcept;

/// Whether a JPEG's components, called R, G and B, hold YCbCr all the same: where a JFIF or an
/// Adobe segment says so, libjpeg, and browsers with it, believe that more than the names.
bool misnames_components(std::span<const std::uint8_t> file) noexcept;

/// Calls components R, G and B 1, 2 and 3, wherever a picture names them.
/// @param picture as jpeg_picture() gives it
void rename_components(std::span<std::uint8_t> picture) noexcept;

/// Whether every Huffman table (T.81, B.2.4.2), wherever it stands, lies inside its segment and has
/// fewer than 256 codes. stb_image 2.27 writes behind its own tables where there are more, and
/// reads behind them where the 256th code is one of the short ones.
bool has_sound_huffman_tables(std::span<const std::uint8_t> file) noexcept;

/// How many scans (T.81, B.2.3) there may be: markers that begin one. Each is a pass over the whole
/// picture, however short it is in the file.
std::size_t count_scans(std::span<const std::uint8_t> file) noexcept;

}  // namespace likeness
