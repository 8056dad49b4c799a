#include "likeness/orientation.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "byte_reader.hpp"
#include "jpeg_segments.hpp"
#include "message.hpp"
#include "orient_plane.hpp"
#include "png_chunks.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool starts_with(Bytes bytes, Bytes prefix) noexcept {
    return bytes.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

/// The first legal orientation of a TIFF structure's first directory (TIFF 6.0, section 2). Offsets
/// are followed once, so there is nothing to loop in.
Orientation read_tiff_orientation(Bytes tiff) noexcept {
    constexpr std::uint32_t orientation_tag = 0x0112;
    constexpr std::uint32_t short_type = 3;
    constexpr std::size_t entry_bytes = 12;

    if (tiff.size() < 8 || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M')) {
        return Orientation::top_left;
    }
    const ByteOrder order = tiff[0] == 'I' ? ByteOrder::little_endian : ByteOrder::big_endian;
    if (read_u16(tiff, 2, order) != 42U) return Orientation::top_left;
    const std::size_t directory = read_u32(tiff, 4, order).value_or(0);
    const std::size_t entries = read_u16(tiff, directory, order).value_or(0);

    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + i * entry_bytes;
        const auto tag = read_u16(tiff, entry, order);
        if (!tag) break;
        if (*tag != orientation_tag) continue;
        if (read_u16(tiff, entry + 2, order) != short_type) continue;
        if (read_u32(tiff, entry + 4, order) != 1U) continue;  // It is one number.
        const std::uint32_t value = read_u16(tiff, entry + 8, order).value_or(0);
        if (const auto orientation = orientation_from(value)) return *orientation;
    }
    return Orientation::top_left;
}

/// The TIFF structure in the first Exif APP1 segment (EXIF 2.32, section 4.5.4). Browsers don't
/// look at the byte behind "Exif\0", and some cameras write 0xFF there.
Bytes find_jpeg_exif(Bytes file) noexcept {
    constexpr std::uint8_t app1 = 0xE1;
    constexpr std::array<std::uint8_t, 5> signature{'E', 'x', 'i', 'f', 0};

    JpegSegments segments(file);
    while (const auto segment = segments.next()) {
        const Bytes payload = segment->payload();
        if (segment->marker == app1 && payload.size() > signature.size() &&
            starts_with(payload, signature)) {
            return payload.subspan(signature.size() + 1);
        }
    }
    return {};
}

/// The TIFF structure in the eXIf chunk (PNG specification, third edition, section 11.3.4.5).
/// Behind the picture data it doesn't count: browsers have begun to show the picture by then.
Bytes find_png_exif(Bytes file) noexcept {
    PngChunks chunks(file);
    while (const auto chunk = chunks.next()) {
        if (chunk->type == png_chunk_type("IDAT")) break;
        if (chunk->type == png_chunk_type("eXIf") && chunk->is_intact()) return chunk->data;
    }
    return {};
}

template <std::size_t channels>
void swap_pixels(std::uint8_t* a, std::uint8_t* b) noexcept {
    std::swap_ranges(a, a + channels, b);
}

template <std::size_t channels>
void mirror_rows(Image& image) noexcept {
    const auto width = static_cast<std::size_t>(image.width());
    std::uint8_t* row = image.pixels().data();
    for (int y = 0; y < image.height(); ++y, row += width * channels) {
        for (std::size_t x = 0; x < width / 2; ++x) {
            swap_pixels<channels>(row + x * channels, row + (width - 1 - x) * channels);
        }
    }
}

void flip_columns(Image& image) noexcept {
    const std::size_t row_bytes =
        static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.channels());
    std::uint8_t* top = image.pixels().data();
    std::uint8_t* bottom = top + image.pixels().size() - row_bytes;
    for (; top < bottom; top += row_bytes, bottom -= row_bytes) {
        std::swap_ranges(top, top + row_bytes, bottom);
    }
}

/// Rows become columns. Works in square tiles: a whole column of the target would touch a new cache
/// line with each pixel.
template <std::size_t channels>
Result<Image> transpose(const Image& image) {
    constexpr int tile = 32;

    auto transposed = Image::create({image.height(), image.width()}, channels);
    if (!transposed) return transposed;
    const auto width = static_cast<std::size_t>(image.width());
    const auto height = static_cast<std::size_t>(image.height());
    const std::uint8_t* source = image.pixels().data();
    std::uint8_t* target = transposed.value().pixels().data();

    for (std::size_t tile_y = 0; tile_y < height; tile_y += tile) {
        const std::size_t end_y = std::min(tile_y + tile, height);
        for (std::size_t tile_x = 0; tile_x < width; tile_x += tile) {
            const std::size_t end_x = std::min(tile_x + tile, width);
            for (std::size_t x = tile_x; x < end_x; ++x) {
                for (std::size_t y = tile_y; y < end_y; ++y) {
                    std::copy_n(source + (y * width + x) * channels, channels,
                                target + (x * height + y) * channels);
                }
            }
        }
    }
    return transposed;
}

template <std::size_t channels>
Result<Image> turn_upright(Image image, Orientation orientation) {
    if (swaps_axes(orientation)) {
        auto transposed = transpose<channels>(image);
        if (!transposed) return transposed;
        image = std::move(transposed).value();
    }
    // What is left to do once the axes are right.
    switch (orientation) {
        case Orientation::top_left:
        case Orientation::left_top:
            break;
        case Orientation::top_right:
        case Orientation::right_top:
            mirror_rows<channels>(image);
            break;
        case Orientation::bottom_right:
        case Orientation::right_bottom:
            mirror_rows<channels>(image);
            flip_columns(image);
            break;
        case Orientation::bottom_left:
        case Orientation::left_bottom:
            flip_columns(image);
            break;
    }
    return image;
}

}  // namespace

Orientation read_exif_orientation(std::span<const std::uint8_t> file) noexcept {
    const Bytes jpeg_exif = find_jpeg_exif(file);
    return read_tiff_orientation(jpeg_exif.empty() ? find_png_exif(file) : jpeg_exif);
}

Result<Image> orient(Image image, Orientation orientation) {
    return image.channels() == 4 ? turn_upright<4>(std::move(image), orientation)
                                 : turn_upright<3>(std::move(image), orientation);
}

Result<std::vector<float>> orient_tensor(std::span<const float> tensor, Size size,
                                         Orientation orientation) {
    const auto width = static_cast<std::size_t>(std::max(size.width, 0));
    const auto height = static_cast<std::size_t>(std::max(size.height, 0));
    constexpr std::size_t channels = 3;
    const std::size_t row_values = channels * width;
    if (width < 1 || height < 1 || tensor.size() % row_values != 0 ||
        tensor.size() / row_values != height) {
        return Error{ErrorCode::invalid_argument,
                     message({"a tensor of ", tensor.size(), " values isn't 3 × ", size.height,
                              " × ", size.width})};
    }
    const std::size_t plane = width * height;
    std::vector<float> turned(tensor.size());
    for (std::size_t channel = 0; channel < channels; ++channel) {
        orient_plane(tensor.data() + channel * plane, size, orientation,
                     turned.data() + channel * plane);
    }
    return turned;
}

}  // namespace likeness
