#include "bmp.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "byte_reader.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;
using Coding = BmpLayout::Coding;

constexpr std::size_t file_header_bytes = 14;
constexpr std::size_t os2_1_header = 12;
constexpr std::size_t info_header = 40;
constexpr std::size_t rgb_header = 52;   ///< With masks of red, green and blue.
constexpr std::size_t rgba_header = 56;  ///< With a mask of alpha, too.
constexpr std::size_t v4_header = 108;
constexpr std::size_t v5_header = 124;

std::uint32_t number(Bytes file, std::size_t offset, std::size_t width) noexcept {
    return read_unsigned(file, offset, width, ByteOrder::little_endian).value_or(0);
}

bool is_windows_header(std::size_t bytes) noexcept {
    return bytes == info_header || bytes == rgb_header || bytes == rgba_header ||
           bytes == v4_header || bytes == v5_header;
}

/// OS/2 2.x has 64 bytes, of which writers leave out as many as they like behind the first 16.
bool is_os2_2_header(std::size_t bytes) noexcept {
    return bytes >= 16 && bytes <= 64 && !is_windows_header(bytes);
}

enum class Compression : std::uint32_t {
    none,
    rle8,
    rle4,
    bit_fields,  ///< Huffman codes in OS/2's.
    jpeg,        ///< Runs of 24-bit pixels in OS/2's.
    png,
    alpha_bit_fields,
};

/// Which coding that is; false where there is none such for pixels of so many bits.
bool read_coding(Compression compression, bool os2, BmpLayout& layout) noexcept {
    const unsigned bits = layout.bits;
    const bool direct = bits == 16 || bits == 32;
    switch (compression) {
        case Compression::none:
            return bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 24 || direct;
        case Compression::rle8:
            layout.coding = Coding::rle8;
            return bits == 8;
        case Compression::rle4:
            layout.coding = Coding::rle4;
            return bits == 4;
        case Compression::bit_fields:
            if (os2) layout.unsupported = "BMP with Huffman codes";
            return os2 || direct;
        case Compression::jpeg:
            layout.unsupported = os2 ? "BMP with runs of 24 bits" : "BMP with a JPEG inside";
            return true;
        case Compression::png:
            layout.unsupported = "BMP with a PNG inside";
            return true;
        case Compression::alpha_bit_fields:
            return direct;
    }
    return false;
}

/// The masks of pixels of 16 and 32 bits. Where the header knows of no alpha there is none: what
/// the other bits hold has no meaning.
std::array<std::uint32_t, 4> read_masks(Bytes file, std::size_t header, Compression compression,
                                        unsigned bits) noexcept {
    constexpr std::size_t start = file_header_bytes + info_header;
    const bool given = compression != Compression::none;
    const bool alpha = header >= v4_header || compression == Compression::alpha_bit_fields ||
                       (given && header >= rgba_header);
    std::array<std::uint32_t, 4> masks = bits == 16
                                             ? std::array{0x7C00U, 0x03E0U, 0x001FU, 0U}
                                             : std::array{0xFF0000U, 0x00FF00U, 0x0000FFU, 0U};
    for (std::size_t i = 0; given && i < 3; ++i) masks[i] = number(file, start + 4 * i, 4);
    if (alpha) masks[3] = number(file, start + 12, 4);
    return masks;
}

/// A channel of 16- or 32-bit pixels as 8 bits.
class Channel {
public:
    explicit Channel(std::uint32_t mask) noexcept
        : mask_(mask), shift_(mask == 0 ? 0 : std::countr_zero(mask)), most_(mask >> shift_) {}

    [[nodiscard]] std::uint8_t of(std::uint32_t pixel) const noexcept {
        const std::uint32_t value = (pixel & mask_) >> shift_;
        if (most_ == 255) return static_cast<std::uint8_t>(value);
        if (most_ == 0) return 0;
        return static_cast<std::uint8_t>((std::uint64_t{value} * 255U + most_ / 2U) / most_);
    }

private:
    std::uint32_t mask_;
    int shift_;
    std::uint32_t most_;
};

/// All 256 colours that an index can mean; those behind the palette's are black.
std::array<Rgb, 256> read_palette(Bytes file, const BmpLayout& layout) noexcept {
    std::array<Rgb, 256> palette{};
    for (std::size_t i = 0; i < layout.colours; ++i) {
        const std::uint32_t bgr = number(file, layout.palette_start + i * layout.colour_bytes, 3);
        palette[i] = {static_cast<std::uint8_t>(bgr >> 16U), static_cast<std::uint8_t>(bgr >> 8U),
                      static_cast<std::uint8_t>(bgr)};
    }
    return palette;
}

void put(Rgb colour, std::uint8_t* target) noexcept {
    target[0] = colour.r;
    target[1] = colour.g;
    target[2] = colour.b;
}

/// Where a row of the file, counted in the file's order, goes in the picture.
std::uint8_t* picture_row(std::uint8_t* pixels, const BmpLayout& layout, Size size, int channels,
                          int row) noexcept {
    const int y = layout.top_down ? row : size.height - 1 - row;
    return pixels + static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) *
                        static_cast<std::size_t>(channels);
}

/// Rows of indices or of colours. A byte that the file lacks counts as 0.
class PlainRows {
public:
    PlainRows(Bytes file, const BmpLayout& layout) noexcept
        : layout_(layout), palette_(read_palette(file, layout)) {}

    void decode(Bytes row, int width, int channels, std::uint8_t* target) const noexcept {
        const unsigned bytes = layout_.bits / 8;
        for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x, target += channels) {
            if (layout_.bits <= 8) {
                put(palette_[index(row, x)], target);
                continue;
            }
            const std::uint32_t pixel = colour(row, x * bytes, bytes);
            for (std::size_t i = 0; i < static_cast<std::size_t>(channels); ++i) {
                target[i] = channels_[i].of(pixel);
            }
        }
    }

private:
    [[nodiscard]] std::size_t index(Bytes row, std::size_t x) const noexcept {
        const std::size_t bit = x * layout_.bits;
        if (bit / 8 >= row.size()) return 0;
        const auto shift = 8 - layout_.bits - static_cast<unsigned>(bit % 8);
        return static_cast<std::size_t>(row[bit / 8] >> shift) & ((1U << layout_.bits) - 1U);
    }

    static std::uint32_t colour(Bytes row, std::size_t at, unsigned bytes) noexcept {
        std::uint32_t pixel = 0;
        for (unsigned i = 0; i < bytes && at + i < row.size(); ++i) {
            pixel |= std::uint32_t{row[at + i]} << (8 * i);
        }
        return pixel;
    }

    const BmpLayout& layout_;
    std::array<Rgb, 256> palette_;
    std::array<Channel, 4> channels_{Channel(layout_.masks[0]), Channel(layout_.masks[1]),
                                     Channel(layout_.masks[2]), Channel(layout_.masks[3])};
};

void decode_plain(Bytes file, const BmpLayout& layout, Size size, int channels,
                  std::uint8_t* pixels) noexcept {
    const PlainRows rows(file, layout);
    // Rows have whole words. 64 bits, because a pointer's may be 32.
    const std::uint64_t row_bytes =
        (static_cast<std::uint64_t>(size.width) * layout.bits + 31U) / 32U * 4U;
    Bytes rest = file.subspan(layout.pixel_start);
    for (int row = 0; row < size.height; ++row) {
        const auto length =
            static_cast<std::size_t>(std::min<std::uint64_t>(row_bytes, rest.size()));
        rows.decode(rest.first(length), size.width, channels,
                    picture_row(pixels, layout, size, channels, row));
        rest = rest.subspan(length);
    }
}

/// Runs of equal indices, and of indices as they are. What they pass over stays as it is.
void decode_runs(Bytes file, const BmpLayout& layout, Size size, std::uint8_t* pixels) noexcept {
    constexpr std::size_t channels = 3;
    constexpr std::uint8_t end_of_row = 0;
    constexpr std::uint8_t end_of_picture = 1;
    constexpr std::uint8_t move = 2;

    const auto palette = read_palette(file, layout);
    const bool halves = layout.coding == Coding::rle4;  // Two indices a byte, the upper bits first.
    int x = 0;
    int row = 0;
    const auto draw = [&](std::uint8_t byte, int i) {
        const unsigned index = !halves ? byte : i % 2 == 0 ? byte >> 4U : byte & 15U;
        if (x >= size.width) return;  // Longer than the row.
        put(palette[index], picture_row(pixels, layout, size, channels, row) +
                                channels * static_cast<std::size_t>(x));
        ++x;
    };

    Bytes rest = file.subspan(layout.pixel_start);
    while (rest.size() >= 2 && row < size.height) {
        const int count = rest[0];
        const std::uint8_t code = rest[1];
        rest = rest.subspan(2);
        if (count > 0) {
            for (int i = 0; i < count; ++i) draw(code, i);
        } else if (code == end_of_row) {
            x = 0;
            ++row;
        } else if (code == end_of_picture) {
            return;
        } else if (code == move) {
            if (rest.size() < 2) return;
            x = std::min(x + rest[0], size.width);
            row += rest[1];
            rest = rest.subspan(2);
        } else {
            const std::size_t bytes = halves ? (code + 1U) / 2U : code;
            for (int i = 0; i < code; ++i) {
                const auto at = static_cast<std::size_t>(halves ? i / 2 : i);
                if (at < rest.size()) draw(rest[at], i);
            }
            // To the next word.
            rest = rest.subspan(std::min(rest.size(), bytes + bytes % 2));
        }
    }
}

}  // namespace

std::optional<BmpLayout> read_bmp_layout(Bytes file) noexcept {
    const std::size_t header = number(file, file_header_bytes, 4);
    const bool os2_1 = header == os2_1_header;
    const bool os2_2 = is_os2_2_header(header);
    if (!os2_1 && !os2_2 && !is_windows_header(header)) return std::nullopt;
    if (file.size() < file_header_bytes + header) return std::nullopt;

    const auto field = [&](std::size_t offset, std::size_t width) {
        return offset + width <= header ? number(file, file_header_bytes + offset, width) : 0U;
    };
    BmpLayout layout;
    layout.bits = os2_1 ? field(10, 2) : field(14, 2);
    layout.top_down = !os2_1 && static_cast<std::int32_t>(field(8, 4)) < 0;
    const auto compression = os2_1 ? Compression::none : Compression{field(16, 4)};
    if (!read_coding(compression, os2_2, layout)) return std::nullopt;
    if (!layout.unsupported.empty()) return layout;

    layout.masks = layout.bits == 24 ? std::array{0xFF0000U, 0x00FF00U, 0x0000FFU, 0U}
                                     : read_masks(file, header, compression, layout.bits);
    // Masks that the header has no room for follow it.
    std::size_t end = file_header_bytes + header;
    if (header == info_header && compression == Compression::bit_fields) end += 12;
    if (header == info_header && compression == Compression::alpha_bit_fields) end += 16;

    layout.pixel_start = number(file, 10, 4);
    if (layout.bits <= 8) {
        layout.masks[3] = 0;
        layout.palette_start = end;
        layout.colour_bytes = os2_1 ? 3 : 4;
        const std::size_t most = std::size_t{1} << layout.bits;
        const std::size_t named = os2_1 ? 0 : field(32, 4);
        layout.colours = named == 0 ? most : std::min(named, most);
        if (layout.pixel_start == 0) {
            layout.pixel_start = end + layout.colours * layout.colour_bytes;
        } else if (layout.pixel_start > end) {
            layout.colours =
                std::min(layout.colours, (layout.pixel_start - end) / layout.colour_bytes);
        }
    } else if (layout.pixel_start == 0) {
        layout.pixel_start = end;
    }
    if (layout.pixel_start < end || layout.pixel_start >= file.size()) return std::nullopt;
    return layout;
}

PixelBuffer decode_bmp(Bytes file, const BmpLayout& layout, Size size, int& channels) noexcept {
    channels = layout.masks[3] != 0 ? 4 : 3;
    PixelBuffer pixels(static_cast<std::uint8_t*>(
        std::calloc(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height),
                    static_cast<std::size_t>(channels))));
    if (!pixels) return pixels;
    if (layout.coding == Coding::plain) {
        decode_plain(file, layout, size, channels, pixels.get());
    } else {
        decode_runs(file, layout, size, pixels.get());
    }
    return pixels;
}

}  // namespace likeness
