#include "decoder_input.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

#include "byte_reader.hpp"
#include "jpeg_segments.hpp"
#include "png_chunks.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// Where a GIF's header has the screen's size and the background's colour.
constexpr std::size_t gif_screen = 6;
constexpr std::size_t gif_background = 11;

/// The screen as large as the picture, and no background: stb_image refuses a first frame that goes
/// beyond the screen, and paints what the first frame leaves out.
std::array<std::uint8_t, 4> gif_screen_bytes(Size size) noexcept {
    const auto low = [](int side) { return static_cast<std::uint8_t>(side); };
    const auto high = [](int side) { return static_cast<std::uint8_t>(side >> 8); };
    return {low(size.width), high(size.width), low(size.height), high(size.height)};
}

bool is_damaged_transparency(const PngChunk& chunk) noexcept {
    return chunk.type == png_chunk_type("tRNS") && !chunk.is_intact();
}

bool has_damaged_transparency(Bytes file) noexcept {
    PngChunks chunks(file);
    while (const auto chunk = chunks.next()) {
        if (is_damaged_transparency(*chunk)) return true;
    }
    return false;
}

/// Where in the picture a frame lies, by its control chunk (PNG, third edition, 11.3.6.2); nothing
/// where that is damaged or the frame isn't inside.
std::optional<Region> read_place(const PngChunk& control, Size size) noexcept {
    std::array<std::int64_t, 4> fields{};
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto field = read_u32(control.data, 4 * (i + 1), ByteOrder::big_endian);
        if (!field) return std::nullopt;
        fields[i] = *field;
    }
    const auto [width, height, x, y] = fields;
    if (!control.is_intact() || width < 1 || height < 1 || x + width > size.width ||
        y + height > size.height) {
        return std::nullopt;
    }
    return Region{static_cast<int>(x), static_cast<int>(y), static_cast<int>(width),
                  static_cast<int>(height)};
}

/// An animation's first frame.
struct HiddenFrame {
    Region place;
    PngChunks data;  ///< In front of its data.
};

/// The first frame, if the picture data (IDAT) is none: that is for programs that know of no
/// animations, and people never see it.
std::optional<HiddenFrame> find_hidden_frame(Bytes file, Size size) noexcept {
    PngChunks chunks(file);
    bool animated = false;
    bool behind_data = false;
    while (const auto chunk = chunks.next()) {
        if (chunk->type == png_chunk_type("acTL") && !behind_data) {
            const auto frames = read_u32(chunk->data, 0, ByteOrder::big_endian);
            animated = chunk->is_intact() && frames.value_or(0) > 0;
        } else if (chunk->type == png_chunk_type("IDAT")) {
            if (!animated) return std::nullopt;
            behind_data = true;
        } else if (chunk->type == png_chunk_type("fcTL")) {
            const auto place = read_place(*chunk, size);
            if (!behind_data || !place) return std::nullopt;
            return HiddenFrame{*place, chunks};
        }
    }
    return std::nullopt;
}

/// Writes a PNG that is never longer than the one it is made from.
class PngWriter {
public:
    explicit PngWriter(std::span<std::uint8_t> target) noexcept : rest_(target) {}

    void put(Bytes bytes) noexcept {
        const std::size_t length = std::min(bytes.size(), rest_.size());
        std::copy_n(bytes.begin(), length, rest_.begin());
        rest_ = rest_.subspan(length);
    }

    /// Frame data (fdAT) as picture data: without the number in front. stb_image reads no checksum.
    void put_frame_data(Bytes numbered) noexcept {
        constexpr std::size_t number_bytes = 4;
        const Bytes data = skip(numbered, number_bytes);
        const auto length = static_cast<std::uint32_t>(data.size());
        const auto byte = [&](unsigned shift) {
            return static_cast<std::uint8_t>(length >> shift);
        };
        put(std::array<std::uint8_t, 8>{byte(24), byte(16), byte(8), byte(0), 'I', 'D', 'A', 'T'});
        put(data);
        put(std::array<std::uint8_t, 4>{});
    }

    /// The header of the picture as that of a frame.
    void put_header(const PngChunk& header, const Region& place) noexcept {
        constexpr std::size_t width_at = 8;
        constexpr std::size_t behind_height = 16;
        put(header.bytes.first(width_at));
        put_number(static_cast<std::uint32_t>(place.width));
        put_number(static_cast<std::uint32_t>(place.height));
        put(skip(header.bytes, behind_height));
    }

    void put_end() noexcept {
        put(std::array<std::uint8_t, 12>{0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82});
    }

    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

private:
    void put_number(std::uint32_t number) noexcept {
        const auto byte = [&](unsigned shift) {
            return static_cast<std::uint8_t>(number >> shift);
        };
        put(std::array<std::uint8_t, 4>{byte(24), byte(16), byte(8), byte(0)});
    }

    std::span<std::uint8_t> rest_;
};

/// What people see of the file: without a transparency whose checksum is wrong, and with the
/// frame's data in the picture's place where there is a hidden one.
void write_visible(Bytes file, std::optional<HiddenFrame> frame, PngWriter& writer) noexcept {
    constexpr std::size_t signature_bytes = 8;
    writer.put(file.first(signature_bytes));
    PngChunks chunks(file);
    while (const auto chunk = chunks.next()) {
        if (frame && chunk->type == png_chunk_type("IDAT")) break;
        if (frame && chunk->type == png_chunk_type("IHDR")) {
            writer.put_header(*chunk, frame->place);
        } else if (!is_damaged_transparency(*chunk)) {
            writer.put(chunk->bytes);
        }
    }
    if (!frame) return;
    while (const auto chunk = frame->data.next()) {
        if (chunk->type == png_chunk_type("fcTL")) break;
        if (chunk->type == png_chunk_type("fdAT") && chunk->is_intact()) {
            writer.put_frame_data(chunk->data);
        }
    }
    writer.put_end();
}

}  // namespace

std::span<std::uint8_t> DecoderInput::copy() {
    copy_.reset(static_cast<std::uint8_t*>(std::malloc(bytes_.size())));
    if (!copy_) return {};
    std::copy(bytes_.begin(), bytes_.end(), copy_.get());
    bytes_ = {copy_.get(), bytes_.size()};
    return {copy_.get(), bytes_.size()};
}

std::optional<DecoderInput> DecoderInput::create(ImageFormat format, Bytes file, Size size) {
    DecoderInput input(file, size);
    if (format == ImageFormat::jpeg) {
        input.bytes_ = jpeg_picture(file);
        if (!misnames_components(input.bytes_)) return input;
        const auto copy = input.copy();
        if (copy.empty()) return std::nullopt;
        rename_components(copy);
    }
    if (format == ImageFormat::gif) {
        const auto screen = gif_screen_bytes(size);
        const bool same = std::equal(screen.begin(), screen.end(), file.begin() + gif_screen);
        if (same && file[gif_background] == 0) return input;
        const auto copy = input.copy();
        if (copy.empty()) return std::nullopt;
        std::copy(screen.begin(), screen.end(), copy.begin() + gif_screen);
        copy[gif_background] = 0;
    }
    if (format == ImageFormat::png) {
        const auto frame = find_hidden_frame(file, size);
        if (!frame && !has_damaged_transparency(file)) return input;
        const auto copy = input.copy();
        if (copy.empty()) return std::nullopt;
        PngWriter writer(copy);
        write_visible(file, frame, writer);
        if (frame) input.place_ = frame->place;
        input.bytes_ = copy.first(copy.size() - writer.left());
    }
    return input;
}

}  // namespace likeness
