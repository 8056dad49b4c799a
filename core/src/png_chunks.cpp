#include "png_chunks.hpp"

#include <algorithm>
#include <array>

#include "byte_reader.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t type_at = 4;       // Behind the length.
constexpr std::size_t data_at = 8;       // Behind the type.
constexpr std::size_t frame_bytes = 12;  // Length, type and checksum around the data.

/// What each value of a byte adds to the checksum (PNG, annex D).
constexpr std::array<std::uint32_t, 256> checksum_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = value >> 1U ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
        }
        table[i] = value;
    }
    return table;
}();

std::uint32_t checksum(Bytes bytes) noexcept {
    std::uint32_t value = 0xFFFFFFFFU;
    for (const std::uint8_t byte : bytes) {
        value = checksum_table[(value ^ byte) & 0xFFU] ^ value >> 8U;
    }
    return ~value;
}

}  // namespace

bool PngChunk::is_intact() const noexcept {
    const Bytes checked = bytes.subspan(type_at, 4 + data.size());
    return read_u32(bytes, data_at + data.size(), ByteOrder::big_endian) == checksum(checked);
}

PngChunks::PngChunks(Bytes file) noexcept {
    constexpr std::array<std::uint8_t, 8> signature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (file.size() >= signature.size() &&
        std::equal(signature.begin(), signature.end(), file.begin())) {
        rest_ = file.subspan(signature.size());
    }
}

std::optional<PngChunk> PngChunks::next() noexcept {
    const auto length = read_u32(rest_, 0, ByteOrder::big_endian);
    const auto type = read_u32(rest_, type_at, ByteOrder::big_endian);
    if (!length || !type || rest_.size() < frame_bytes || rest_.size() - frame_bytes < *length) {
        return std::nullopt;
    }
    const PngChunk chunk{*type, rest_.subspan(data_at, *length),
                         rest_.first(frame_bytes + *length)};
    rest_ = rest_.subspan(chunk.bytes.size());
    return chunk;
}

}  // namespace likeness
