#include "jxl_size.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "byte_reader.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 2> signature{0xFF, 0x0A};

/// The signature, and a size of 68 bits at most.
constexpr std::size_t head_bytes = 11;

/// The first bytes of a codestream, of which a box may hold only a part. What is missing is 0.
struct Head {
    std::array<std::uint8_t, head_bytes> bytes{};
    std::size_t length = 0;

    void add(Bytes part) noexcept {
        for (const std::uint8_t byte : part) {
            if (length == head_bytes) break;
            bytes[length++] = byte;
        }
    }
};

/// All of the codestream, and one of its parts, which begins with a counter.
constexpr std::uint32_t codestream_box = 0x6A786C63;  // "jxlc"
constexpr std::uint32_t part_box = 0x6A786C70;        // "jxlp"
constexpr std::size_t counter_bytes = 4;

/// Walks from box to box (ISO/IEC 14496-12, 4.2).
Head read_head_from_boxes(Bytes file) noexcept {
    constexpr std::size_t content_at = 8;   // Behind length and type.
    constexpr std::size_t long_length = 8;  // What follows these where the length is 1.
    Head head;
    while (head.length < head_bytes && file.size() >= content_at) {
        std::size_t start = content_at;
        std::size_t length = *read_u32(file, 0, ByteOrder::big_endian);
        if (length == 1) {
            // No file that is read here has more than 32 bits.
            length = read_u32(file, content_at + 4, ByteOrder::big_endian).value_or(0);
            start += long_length;
        } else if (length == 0) {
            length = file.size();
        }
        length = std::min(std::max(length, start), file.size());
        const Bytes content = skip(file.first(length), start);
        const auto type = read_u32(file, 4, ByteOrder::big_endian);
        if (type == codestream_box) head.add(content);
        if (type == part_box) head.add(skip(content, counter_bytes));
        file = file.subspan(length);
    }
    return head;
}

/// Numbers of any width, the lowest bit first (ISO/IEC 18181-1, annex B).
struct BitReader {
    const Head& head;
    std::size_t at = 8 * signature.size();  // In bits.

    std::uint32_t read(unsigned bits) noexcept {
        std::uint32_t value = 0;
        for (unsigned i = 0; i < bits; ++i, ++at) {
            value |= (head.bytes[at / 8] >> at % 8 & 1U) << i;
        }
        return value;
    }

    /// One side of a picture; `by_eights`: in multiples of 8 pixels.
    std::uint32_t read_side(bool by_eights) noexcept {
        constexpr std::array<std::uint8_t, 4> widths{9, 13, 18, 30};
        if (by_eights) return 8 * (read(5) + 1);
        return read(widths[read(2)]) + 1;
    }
};

/// Width to height, by their code from 1.
struct Ratio {
    std::uint8_t width;
    std::uint8_t height;
};
constexpr std::array<Ratio, 7> ratios{{{1, 1}, {12, 10}, {4, 3}, {3, 2}, {16, 9}, {5, 4}, {2, 1}}};

}  // namespace

// SizeHeader (ISO/IEC 18181-1, annex D): the height, and the width itself or its ratio to that.
std::optional<JxlSize> read_jxl_size(Bytes file) noexcept {
    Head head;
    if (file.size() >= signature.size() && file[0] == signature[0]) {
        head.add(file);
    } else {
        head = read_head_from_boxes(file);
    }
    if (!std::equal(signature.begin(), signature.end(), head.bytes.begin())) return std::nullopt;
    BitReader bits{head};
    const bool by_eights = bits.read(1) == 1;
    const std::int64_t height = bits.read_side(by_eights);
    std::int64_t width = 0;
    if (const std::uint32_t code = bits.read(3); code == 0) {
        width = bits.read_side(by_eights);
    } else {
        const Ratio& ratio = ratios[code - 1];
        width = height * ratio.width / ratio.height;
    }
    if (bits.at > 8 * head.length) return std::nullopt;
    return JxlSize{width, height};
}

}  // namespace likeness
