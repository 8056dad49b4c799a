#include "jpeg_segments.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "byte_reader.hpp"
#include "simd.hpp"

namespace likeness {
namespace {

constexpr std::uint8_t marker_start = 0xFF;
constexpr std::uint8_t start_of_image = 0xD8;
constexpr std::uint8_t end_of_image = 0xD9;
constexpr std::uint8_t start_of_scan = 0xDA;
constexpr std::uint8_t huffman_tables = 0xC4;

/// Markers C4, C8 and CC lie in the range of frame headers but define tables or nothing.
bool is_frame(std::uint8_t marker) noexcept {
    return marker >= 0xC0 && marker <= 0xCF && marker != huffman_tables && marker != 0xC8 &&
           marker != 0xCC;
}

/// What lies behind the first byte 0xFF: that of a marker, a fill byte, or one of the data.
std::span<const std::uint8_t> behind_marker_start(std::span<const std::uint8_t> bytes) noexcept {
    return skip(bytes, simd::find_byte(bytes, marker_start) + 1);
}

using namespace std::string_view_literals;

bool starts_with(std::span<const std::uint8_t> bytes, std::string_view prefix) noexcept {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())
        .starts_with(prefix);
}

constexpr std::array<std::uint8_t, 3> rgb_names{'R', 'G', 'B'};

/// @param frame what a frame's header says behind its length
bool names_are_rgb(std::span<const std::uint8_t> frame) noexcept {
    constexpr std::size_t first = 6;  // Behind precision, height, width and count.
    constexpr std::size_t step = 3;
    if (frame.size() < first + step * rgb_names.size() || frame[first - 1] != rgb_names.size()) {
        return false;
    }
    for (std::size_t i = 0; i < rgb_names.size(); ++i) {
        if (frame[first + step * i] != rgb_names[i]) return false;
    }
    return true;
}

/// `bytes` start with the segment's length.
bool are_sound_tables(std::span<const std::uint8_t> bytes) noexcept {
    constexpr std::size_t most_codes = 255;  // No picture of 8 bits needs more than 176.
    constexpr std::size_t header = 17;  // Class and number, then how many codes of each length.

    const std::size_t end = read_u16(bytes, 0, ByteOrder::big_endian).value_or(0);
    if (end < 2 || bytes.size() < end) return false;
    auto tables = bytes.subspan(2, end - 2);
    while (!tables.empty()) {
        if (tables.size() < header) return false;
        const auto counts = tables.subspan(1, header - 1);
        const auto codes = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
        if (codes > most_codes || tables.size() - header < codes) return false;
        tables = tables.subspan(header + codes);
    }
    return true;
}

}  // namespace

JpegSegments::JpegSegments(std::span<const std::uint8_t> file) noexcept {
    if (file.size() >= 2 && file[0] == marker_start && file[1] == start_of_image) {
        rest_ = file.subspan(2);
    }
}

std::optional<JpegSegment> JpegSegments::next() noexcept {
    // Any number of fill bytes 0xFF may precede the marker's second byte; 0 makes no marker.
    do {
        rest_ = behind_marker_start(rest_);
        while (!rest_.empty() && rest_[0] == marker_start) rest_ = rest_.subspan(1);
    } while (!rest_.empty() && rest_[0] == 0);
    if (rest_.empty()) return std::nullopt;

    const std::uint8_t marker = rest_[0];
    if (marker == start_of_scan || marker == end_of_image) return std::nullopt;
    const auto length = read_u16(rest_, 1, ByteOrder::big_endian);
    if (!length || *length < 2 || rest_.size() - 1 < *length) return std::nullopt;

    const JpegSegment segment{marker, rest_.subspan(1, *length)};
    rest_ = rest_.subspan(1 + *length);
    return segment;
}

bool JpegSegments::skip_scan() noexcept {
    if (rest_.empty() || rest_[0] != start_of_scan) return false;
    const auto length = read_u16(rest_, 1, ByteOrder::big_endian);
    if (!length) return false;
    rest_ = skip(rest_, std::size_t{1} + *length);
    // Up to a marker. A zero makes a byte 0xFF of the data; D0 to D7 are marks to restart at.
    for (;;) {
        rest_ = rest_.subspan(simd::find_byte(rest_, marker_start));
        if (rest_.size() < 2) return true;
        const bool restart = rest_[1] >= 0xD0 && rest_[1] <= 0xD7;
        if (rest_[1] != 0 && !restart) return true;
        rest_ = rest_.subspan(2);
    }
}

std::span<const std::uint8_t> jpeg_picture(std::span<const std::uint8_t> file) noexcept {
    JpegSegments segments(file);
    do {
        while (segments.next()) {
        }
    } while (segments.skip_scan());
    const auto rest = segments.rest();
    if (rest.empty() || rest[0] != end_of_image) return file;
    return file.first(file.size() - rest.size() + 1);
}

std::optional<JpegFrame> find_jpeg_frame(std::span<const std::uint8_t> file) noexcept {
    JpegSegments segments(file);
    while (const auto segment = segments.next()) {
        if (!is_frame(segment->marker)) continue;
        const auto payload = segment->payload();
        const auto height = read_u16(payload, 1, ByteOrder::big_endian);
        const auto width = read_u16(payload, 3, ByteOrder::big_endian);
        if (payload.size() < 6 || !height || !width) return std::nullopt;
        return JpegFrame{segment->marker, payload[0], static_cast<int>(*width),
                         static_cast<int>(*height), payload[5]};
    }
    return std::nullopt;
}

bool misnames_components(std::span<const std::uint8_t> file) noexcept {
    constexpr std::uint8_t app0 = 0xE0;
    constexpr std::uint8_t app14 = 0xEE;
    constexpr std::size_t transform_at = 11;  // In an Adobe segment; 0 says that it is RGB.

    bool ycbcr = false;
    JpegSegments segments(file);
    while (const auto segment = segments.next()) {
        const auto payload = segment->payload();
        if (segment->marker == app0 && starts_with(payload, "JFIF\0"sv)) {
            ycbcr = true;
        }
        if (segment->marker == app14 && payload.size() > transform_at &&
            starts_with(payload, "Adobe"sv)) {
            ycbcr = ycbcr || payload[transform_at] != 0;
        }
        if (is_frame(segment->marker)) return ycbcr && names_are_rgb(payload);
    }
    return false;
}

void rename_components(std::span<std::uint8_t> picture) noexcept {
    const auto rename = [&](std::span<const std::uint8_t> names, std::size_t step) {
        for (std::size_t i = 0; i < names.size(); i += step) {
            const auto name = std::find(rgb_names.begin(), rgb_names.end(), names[i]);
            if (name == rgb_names.end()) continue;
            picture[static_cast<std::size_t>(names.data() + i - picture.data())] =
                static_cast<std::uint8_t>(name - rgb_names.begin() + 1);
        }
    };
    constexpr std::size_t scan_names = 4;
    JpegSegments segments(picture);
    do {
        while (const auto segment = segments.next()) {
            // Behind precision, height, width and count: 3 bytes a component.
            if (is_frame(segment->marker)) rename(skip(segment->payload(), 6), 3);
        }
        // Behind marker, length and count: 2 bytes a component.
        const auto scan = segments.rest();
        if (!scan.empty() && scan[0] == start_of_scan && scan.size() > scan_names) {
            const std::size_t bytes = 2 * std::size_t{scan[scan_names - 1]};
            const auto names = scan.subspan(scan_names);
            rename(names.first(std::min(names.size(), bytes)), 2);
        }
    } while (segments.skip_scan());
}

bool has_sound_huffman_tables(std::span<const std::uint8_t> file) noexcept {
    JpegSegments segments(file);
    while (const auto segment = segments.next()) {
        if (segment->marker == huffman_tables && !are_sound_tables(segment->bytes)) return false;
    }
    // Further tables may stand between scans. Picture data holds no such marker, because a zero
    // follows each 0xFF in it.
    for (auto rest = segments.rest(); !rest.empty(); rest = behind_marker_start(rest)) {
        if (rest[0] == huffman_tables && !are_sound_tables(rest.subspan(1))) return false;
    }
    return true;
}

std::size_t count_scans(std::span<const std::uint8_t> file) noexcept {
    JpegSegments segments(file);
    while (segments.next()) {
    }
    std::size_t scans = 0;
    for (auto rest = segments.rest(); !rest.empty(); rest = behind_marker_start(rest)) {
        if (rest[0] == start_of_scan) ++scans;
    }
    return scans;
}

}  // namespace likeness
