#include "decoder_input.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

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

/// Turns a transparency whose checksum is wrong into a chunk that nobody knows: stb_image would
/// apply it.
void drop_transparency(std::span<std::uint8_t> file) noexcept {
    PngChunks chunks(file);
    while (const auto chunk = chunks.next()) {
        if (!is_damaged_transparency(*chunk)) continue;
        constexpr std::size_t type_at = 4;
        file[static_cast<std::size_t>(chunk->bytes.data() - file.data()) + type_at] = 'x';
    }
}

bool has_damaged_transparency(Bytes file) noexcept {
    PngChunks chunks(file);
    while (const auto chunk = chunks.next()) {
        if (is_damaged_transparency(*chunk)) return true;
    }
    return false;
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
    DecoderInput input(file);
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
    if (format == ImageFormat::png && has_damaged_transparency(file)) {
        const auto copy = input.copy();
        if (copy.empty()) return std::nullopt;
        drop_transparency(copy);
    }
    return input;
}

}  // namespace likeness
