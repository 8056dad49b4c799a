#include "gif_frames.hpp"

#include <cstddef>

#include "byte_reader.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// Bytes of a table of colours, by the flags in front of it.
std::size_t colour_table_bytes(std::uint8_t flags) noexcept {
    constexpr std::uint8_t present = 0x80;
    return (flags & present) != 0 ? std::size_t{3} << ((flags & 7U) + 1U) : 0;
}

/// Behind the sub-blocks that data is cut into, the empty one included.
Bytes skip_sub_blocks(Bytes bytes) noexcept {
    while (!bytes.empty() && bytes[0] != 0) bytes = skip(bytes, bytes[0] + std::size_t{1});
    return skip(bytes, 1);
}

}  // namespace

GifFrames::GifFrames(Bytes file) noexcept {
    constexpr std::size_t header_bytes = 13;
    if (file.size() >= header_bytes) {
        rest_ = skip(file, header_bytes + colour_table_bytes(file[10]));
    }
}

std::optional<Region> GifFrames::next() noexcept {
    constexpr std::size_t descriptor_bytes = 10;
    constexpr std::uint8_t image = 0x2C;
    constexpr std::uint8_t extension = 0x21;

    while (!rest_.empty() && rest_[0] == extension) rest_ = skip_sub_blocks(skip(rest_, 2));
    if (rest_.size() <= descriptor_bytes || rest_[0] != image) return std::nullopt;

    const auto field = [this](std::size_t offset) {
        return static_cast<int>(read_u16(rest_, offset, ByteOrder::little_endian).value_or(0));
    };
    const Region region{field(1), field(3), field(5), field(7)};
    // One byte says how long the codes are.
    rest_ = skip_sub_blocks(skip(rest_, descriptor_bytes + colour_table_bytes(rest_[9]) + 1));
    return region;
}

}  // namespace likeness
