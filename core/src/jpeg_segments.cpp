#include "jpeg_segments.hpp"

#include <algorithm>

#include "byte_reader.hpp"

namespace likeness {
namespace {

constexpr std::uint8_t marker_start = 0xFF;
constexpr std::uint8_t start_of_image = 0xD8;
constexpr std::uint8_t end_of_image = 0xD9;
constexpr std::uint8_t start_of_scan = 0xDA;

/// Markers C4, C8 and CC lie in the range of frame headers but define tables or nothing.
bool is_frame(std::uint8_t marker) noexcept {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

}  // namespace

JpegSegments::JpegSegments(std::span<const std::uint8_t> file) noexcept {
    if (file.size() >= 2 && file[0] == marker_start && file[1] == start_of_image) {
        rest_ = file.subspan(2);
    }
}

std::optional<JpegSegment> JpegSegments::next() noexcept {
    // Any number of fill bytes 0xFF may precede the marker's second byte; 0 makes no marker.
    const auto is_start = [](std::uint8_t byte) { return byte == marker_start; };
    do {
        const auto start = std::find_if(rest_.begin(), rest_.end(), is_start);
        const auto second = std::find_if_not(start, rest_.end(), is_start);
        rest_ = rest_.subspan(static_cast<std::size_t>(second - rest_.begin()));
    } while (!rest_.empty() && rest_[0] == 0);
    if (rest_.empty()) return std::nullopt;

    const std::uint8_t marker = rest_[0];
    if (marker == start_of_scan || marker == end_of_image) return std::nullopt;
    const auto length = read_u16(rest_, 1, ByteOrder::big_endian);
    if (!length || *length < 2 || rest_.size() - 1 < *length) return std::nullopt;

    const JpegSegment segment{marker, rest_.subspan(3, *length - 2)};
    rest_ = rest_.subspan(1 + *length);
    return segment;
}

std::optional<JpegFrame> find_jpeg_frame(std::span<const std::uint8_t> file) noexcept {
    JpegSegments segments(file);
    while (const auto segment = segments.next()) {
        if (!is_frame(segment->marker)) continue;
        const auto payload = segment->payload;
        const auto height = read_u16(payload, 1, ByteOrder::big_endian);
        const auto width = read_u16(payload, 3, ByteOrder::big_endian);
        if (payload.size() < 6 || !height || !width) return std::nullopt;
        return JpegFrame{segment->marker, payload[0], static_cast<int>(*width),
                         static_cast<int>(*height), payload[5]};
    }
    return std::nullopt;
}

}  // namespace likeness
