#include "likeness/decode.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <limits>
#include <optional>
#include <string>

#include "bmp.hpp"
#include "byte_reader.hpp"
#include "composite.hpp"
#include "decoder_input.hpp"
#include "decoder_memory.hpp"
#include "gif_frames.hpp"
#include "jpeg_segments.hpp"
#include "jxl_size.hpp"
#include "message.hpp"
#include "png_chunks.hpp"
#include "stb/decoder.hpp"

namespace likeness {
namespace {

using Bytes = std::span<const std::uint8_t>;
using namespace std::string_view_literals;

std::string_view text(Bytes bytes, std::size_t offset, std::size_t length) noexcept {
    if (bytes.size() < offset) return {};
    const Bytes part = bytes.subspan(offset, std::min(length, bytes.size() - offset));
    return {reinterpret_cast<const char*>(part.data()), part.size()};
}

/// Brands of ISO/IEC 23008-12 (HEIF) files; AVIF first, because its files may name both.
ImageFormat sniff_heif(Bytes file) noexcept {
    constexpr std::array avif{"avif"sv, "avis"sv};
    constexpr std::array heic{"heic"sv, "heix"sv, "hevc"sv, "hevx"sv,
                              "heim"sv, "heis"sv, "mif1"sv, "msf1"sv};
    constexpr std::size_t searched_brands = 64;

    const auto names = [&](const auto& brands) {
        for (std::size_t i = 0; i < searched_brands; ++i) {
            const std::string_view brand = text(file, 8 + 4 * i, 4);
            if (std::find(brands.begin(), brands.end(), brand) != brands.end()) return true;
        }
        return false;
    };
    if (names(avif)) return ImageFormat::avif;
    if (names(heic)) return ImageFormat::heic;
    return ImageFormat::unknown;
}

bool is_svg(Bytes file) noexcept {
    constexpr std::size_t searched_bytes = 1024;
    std::string_view head = text(file, 0, searched_bytes);
    if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
    head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
    return head.starts_with('<') && head.find("<svg") != std::string_view::npos;
}

Error unsupported(const std::string& what) {
    return {
        ErrorCode::unsupported_format,
        what +
            " is not decoded here: save it as a PNG or as an ordinary JPEG (RGB or grey, 8 bits "
            "a channel), or open it in the browser, whose own decoder is used there"};
}

/// Flavours of JPEG that stb_image would refuse, or take for something they aren't.
std::optional<Error> find_unsupported_coding(const JpegFrame& frame) {
    // ITU-T T.81, table B.1: C0 baseline, C1 extended and C2 progressive are Huffman coded;
    // C9 and up use arithmetic coding; the rest are lossless or hierarchical.
    if (frame.marker >= 0xC9) return unsupported("JPEG with arithmetic coding");
    if (frame.marker > 0xC2) return unsupported("lossless or hierarchical JPEG");
    if (frame.precision != 8) {
        return unsupported(message({"JPEG with ", frame.precision, " bits a channel"}));
    }
    if (frame.components == 4) return unsupported("CMYK JPEG");
    return std::nullopt;
}

/// Width and height as 64-bit numbers, because no field is wider than 32 bits.
struct HeaderSize {
    std::int64_t width;
    std::int64_t height;
};

std::optional<HeaderSize> read_pair(Bytes file, std::size_t offset, std::size_t width,
                                    ByteOrder order) {
    const auto first = read_unsigned(file, offset, width, order);
    const auto second = read_unsigned(file, offset + width, width, order);
    if (!first || !second) return std::nullopt;
    return HeaderSize{*first, *second};
}

std::optional<HeaderSize> read_bmp_size(Bytes file) {
    // The oldest header, of 12 bytes, has 16-bit fields. A height below zero says that the top row
    // comes first.
    const auto header_bytes = read_u32(file, 14, ByteOrder::little_endian);
    if (header_bytes == 12U) return read_pair(file, 18, 2, ByteOrder::little_endian);
    auto size = read_pair(file, 18, 4, ByteOrder::little_endian);
    if (size) size->height = std::abs(std::int64_t{static_cast<std::int32_t>(size->height)});
    return size;
}

/// The screen with the whole of the first frame, as browsers enlarge it.
std::optional<HeaderSize> read_gif_size(Bytes file) {
    auto size = read_pair(file, 6, 2, ByteOrder::little_endian);
    if (!size) return std::nullopt;
    if (const auto frame = GifFrames(file).next()) {
        size->width = std::max(size->width, std::int64_t{frame->x} + frame->width);
        size->height = std::max(size->height, std::int64_t{frame->y} + frame->height);
    }
    return size;
}

/// WebP's three kinds of first chunk: RFC 9649, sections 2.5 to 2.7.
std::optional<HeaderSize> read_webp_size(Bytes file) {
    const auto number = [&](std::size_t offset, std::size_t bytes) {
        return read_unsigned(file, offset, bytes, ByteOrder::little_endian);
    };
    const std::string_view chunk = text(file, 12, 4);
    if (chunk == "VP8X") {
        const auto width = number(24, 3);
        const auto height = number(27, 3);
        if (width && height) return HeaderSize{*width + std::int64_t{1}, *height + std::int64_t{1}};
    } else if (chunk == "VP8L") {
        if (const auto bits = number(21, 4)) {
            return HeaderSize{(*bits & 0x3FFFU) + 1, (*bits >> 14U & 0x3FFFU) + 1};
        }
    } else if (chunk == "VP8 ") {
        const auto width = number(26, 2);
        const auto height = number(28, 2);
        if (width && height) return HeaderSize{*width & 0x3FFFU, *height & 0x3FFFU};
    }
    return std::nullopt;
}

/// The largest extent among the properties of an AVIF or HEIC file's pictures (ISO/IEC 23008-12,
/// 6.5.3): that of the whole, where there are tiles and thumbnails.
std::optional<HeaderSize> read_heif_size(Bytes file) {
    constexpr std::size_t searched_bytes = 65536;
    const std::string_view head = text(file, 0, searched_bytes);
    std::optional<HeaderSize> largest;
    for (std::size_t at = head.find("ispe"); at != std::string_view::npos;
         at = head.find("ispe", at + 1)) {
        const auto size = read_pair(file, at + 8, 4, ByteOrder::big_endian);
        if (!size) break;
        if (!largest ||
            std::max(size->width, size->height) > std::max(largest->width, largest->height)) {
            largest = size;
        }
    }
    return largest;
}

/// The size that a file names, if its header is there and of a format whose headers are known.
std::optional<HeaderSize> read_size(ImageFormat format, Bytes file,
                                    const std::optional<JpegFrame>& frame) {
    switch (format) {
        case ImageFormat::jpeg:
            if (!frame) return std::nullopt;
            return HeaderSize{frame->width, frame->height};
        case ImageFormat::png:
            if (text(file, 12, 4) != "IHDR") return std::nullopt;
            return read_pair(file, 16, 4, ByteOrder::big_endian);
        case ImageFormat::bmp:
            return read_bmp_size(file);
        case ImageFormat::gif:
            return read_gif_size(file);
        case ImageFormat::webp:
            return read_webp_size(file);
        case ImageFormat::avif:
        case ImageFormat::heic:
            return read_heif_size(file);
        case ImageFormat::jpeg_xl:
            if (const auto size = read_jxl_size(file)) return HeaderSize{size->width, size->height};
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

/// stb_image refuses pictures of more than 2^30 samples, which are up to four a pixel.
constexpr std::uint64_t most_pixels = std::uint64_t{1} << 28U;

/// What stb_image can be told of a GIF's side.
constexpr int most_gif_side = 65535;

/// Which limit a picture of that size would pass.
std::optional<Error> find_excess(ImageFormat format, HeaderSize size,
                                 const DecodeOptions& options) {
    const int max_side =
        format == ImageFormat::gif ? std::min(options.max_side, most_gif_side) : options.max_side;
    const auto too_large = [&](const std::string& limit) {
        return Error{
            ErrorCode::image_too_large,
            message({"the image has ", size.width, " × ", size.height, " pixels, the limit is ",
                     limit, ": use a smaller one or raise the limit"})};
    };
    if (std::max(size.width, size.height) > max_side) {
        return too_large(message({max_side, " a side"}));
    }
    // The product doesn't overflow: each side has at most 31 bits now.
    const auto pixels =
        static_cast<std::uint64_t>(size.width) * static_cast<std::uint64_t>(size.height);
    const std::uint64_t max_pixels = std::min(options.max_pixels, most_pixels);
    if (pixels > max_pixels) return too_large(message({max_pixels, " in all"}));
    return std::nullopt;
}

/// Whether stb_image, which will allocate by what it reads, reads the same size.
bool decoder_agrees(Bytes file, Size size) noexcept { return stb::read_size(file) == size; }

Error corrupt_header(ImageFormat format) {
    return {ErrorCode::corrupt_image, "the " + std::string(to_string(format)) +
                                          " header is damaged or of an unusual kind: save the "
                                          "image again"};
}

/// What a JPEG may do to stb_image, which sees no more of the file than `picture`.
std::optional<Error> find_hostile_coding(Bytes picture) {
    // Encoders make about ten, a progressive JPEG of the finest steps fewer than this.
    constexpr std::size_t most_scans = 100;

    if (!has_sound_huffman_tables(picture)) return corrupt_header(ImageFormat::jpeg);
    const std::size_t scans = count_scans(picture);
    if (scans > most_scans) {
        return Error{ErrorCode::image_too_large,
                     message({"the JPEG passes over the image ", scans, " times, the limit is ",
                              most_scans, ": save the image again"})};
    }
    return std::nullopt;
}

/// What was found out about the file has to hold for what stb_image gets instead of it.
std::optional<Error> find_changed_hazard(ImageFormat format, Size size, Bytes file, Bytes input) {
    if (input.data() == file.data()) return std::nullopt;
    if (!decoder_agrees(input, size)) return corrupt_header(format);
    return format == ImageFormat::jpeg ? find_hostile_coding(input) : std::nullopt;
}

/// Whether the chunks that the picture is made of are as they were written. stb_image never looks.
bool has_intact_chunks(Bytes file) noexcept {
    PngChunks chunks(file);
    while (const auto chunk = chunks.next()) {
        const bool needed = chunk->type == png_chunk_type("IHDR") ||
                            chunk->type == png_chunk_type("PLTE") ||
                            chunk->type == png_chunk_type("IDAT");
        if (needed && !chunk->is_intact()) return false;
        if (chunk->type == png_chunk_type("IEND")) break;
    }
    return true;
}

/// Twice what any honest file needs, because stb_image doubles what is too small: the file itself,
/// and for PNG's rows 8 bytes a pixel, with what interlacing adds to short ones.
std::size_t growth_limit(Bytes file, Size size) noexcept {
    const auto pixels =
        static_cast<std::uint64_t>(size.width) * static_cast<std::uint64_t>(size.height);
    const std::uint64_t rows = 8 * pixels + 16 * static_cast<std::uint64_t>(size.height) + 4096;
    return static_cast<std::size_t>(std::min<std::uint64_t>(
        2 * std::max<std::uint64_t>(rows, file.size()), std::numeric_limits<std::size_t>::max()));
}

Error no_memory() {
    return {ErrorCode::out_of_memory, "no memory to decode the image: use a smaller one"};
}

/// What stb_image said about the last failure, as our kind of error.
Error decoder_error(ImageFormat format) {
    if (DecoderMemory::limit_reached()) {
        return {ErrorCode::corrupt_image, "the " + std::string(to_string(format)) +
                                              " data is longer than the image has room for: save "
                                              "the image again"};
    }
    if (DecoderMemory::exhausted()) return no_memory();
    return {ErrorCode::corrupt_image, "the " + std::string(to_string(format)) +
                                          " data is damaged or of an unusual kind (" +
                                          stb::failure_reason() + "): save the image again"};
}

/// Grey, grey with alpha, or RGBA pixels as RGB. Writes behind where it reads, or into another
/// buffer.
void to_rgb(const std::uint8_t* source, int channels, std::size_t pixels, Rgb background,
            std::uint8_t* target) noexcept {
    const bool grey = channels < 3;
    const bool alpha = channels % 2 == 0;
    for (std::size_t i = 0; i < pixels; ++i, source += channels, target += 3) {
        const std::uint8_t opacity = alpha ? source[channels - 1] : std::uint8_t{255};
        const Rgb colour{source[0], source[grey ? 0 : 1], source[grey ? 0 : 2]};
        target[0] = composite(colour.r, opacity, background.r);
        target[1] = composite(colour.g, opacity, background.g);
        target[2] = composite(colour.b, opacity, background.b);
    }
}

/// Whether anything shines through.
bool has_alpha(const std::uint8_t* pixels, int channels, std::size_t count) noexcept {
    if (channels % 2 != 0) return false;
    for (const std::uint8_t* alpha = pixels + channels - 1; count > 0; --count, alpha += channels) {
        if (*alpha != 255) return true;
    }
    return false;
}

/// Grey with alpha as RGBA.
Result<Image> widen(const std::uint8_t* source, Size size) {
    constexpr int channels = 4;
    auto image = Image::create(size, channels);
    if (!image) return image;
    const std::span<std::uint8_t> target = image.value().pixels();
    for (std::size_t i = 0; i < target.size(); i += channels, source += 2) {
        target[i] = target[i + 1] = target[i + 2] = source[0];
        target[i + 3] = source[1];
    }
    return image;
}

/// Pixels as a part of a picture of `size`, RGBA, that is transparent elsewhere; null where memory
/// ends.
PixelBuffer put_in_place(const std::uint8_t* source, int channels, const Region& place, Size size) {
    const bool grey = channels < 3;
    const bool alpha = channels % 2 == 0;
    const auto width = static_cast<std::size_t>(size.width);
    PixelBuffer picture(
        static_cast<std::uint8_t*>(std::calloc(width * static_cast<std::size_t>(size.height), 4)));
    if (!picture) return picture;
    for (int y = 0; y < place.height; ++y) {
        std::uint8_t* target = picture.get() + 4 * (static_cast<std::size_t>(place.y + y) * width +
                                                    static_cast<std::size_t>(place.x));
        for (int x = 0; x < place.width; ++x, source += channels, target += 4) {
            target[0] = source[0];
            target[1] = source[grey ? 0 : 1];
            target[2] = source[grey ? 0 : 2];
            target[3] = alpha ? source[channels - 1] : std::uint8_t{255};
        }
    }
    return picture;
}

/// The decoder's buffer as an image: as it is where it is RGB, compacted in place where it is RGBA.
Result<Image> adopt(PixelBuffer decoded, int channels, Size size, const DecodeOptions& options) {
    if (channels == 3) return Image(std::move(decoded), size);

    const Rgb background = options.background;
    const std::size_t pixels =
        static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    if (options.keep_alpha && has_alpha(decoded.get(), channels, pixels)) {
        if (channels == 4) return Image(std::move(decoded), size, channels);
        return widen(decoded.get(), size);
    }
    if (channels == 4) {
        to_rgb(decoded.get(), channels, pixels, background, decoded.get());
        void* shrunk = std::realloc(decoded.get(), 3 * pixels);
        if (shrunk != nullptr) {
            static_cast<void>(decoded.release());
            decoded.reset(static_cast<std::uint8_t*>(shrunk));
        }
        return Image(std::move(decoded), size);
    }

    auto image = Image::create(size);
    if (image) {
        to_rgb(decoded.get(), channels, pixels, background, image.value().pixels().data());
    }
    return image;
}

}  // namespace

std::string_view to_string(ImageFormat format) noexcept {
    switch (format) {
        case ImageFormat::jpeg:
            return "JPEG";
        case ImageFormat::png:
            return "PNG";
        case ImageFormat::bmp:
            return "BMP";
        case ImageFormat::gif:
            return "GIF";
        case ImageFormat::webp:
            return "WebP";
        case ImageFormat::avif:
            return "AVIF";
        case ImageFormat::heic:
            return "HEIC";
        case ImageFormat::tiff:
            return "TIFF";
        case ImageFormat::jpeg_xl:
            return "JPEG XL";
        case ImageFormat::svg:
            return "SVG";
        case ImageFormat::unknown:
            return "unknown";
    }
    std::abort();
}

bool is_decodable(ImageFormat format) noexcept {
    switch (format) {
        case ImageFormat::jpeg:
        case ImageFormat::png:
        case ImageFormat::bmp:
        case ImageFormat::gif:
            return true;
        case ImageFormat::webp:
        case ImageFormat::avif:
        case ImageFormat::heic:
        case ImageFormat::tiff:
        case ImageFormat::jpeg_xl:
        case ImageFormat::svg:
        case ImageFormat::unknown:
            return false;
    }
    std::abort();
}

ImageFormat sniff_format(std::span<const std::uint8_t> file) noexcept {
    const auto has = [&](std::size_t offset, std::string_view magic) {
        return text(file, offset, magic.size()) == magic;
    };
    if (has(0, "\xFF\xD8\xFF")) return ImageFormat::jpeg;
    if (has(0, "\x89PNG\r\n\x1A\n")) return ImageFormat::png;
    if (has(0, "GIF87a") || has(0, "GIF89a")) return ImageFormat::gif;
    if (has(0, "BM")) return ImageFormat::bmp;
    if (has(0, "RIFF") && has(8, "WEBP")) return ImageFormat::webp;
    if (has(4, "ftyp")) return sniff_heif(file);
    // 42 for TIFF, 43 for BigTIFF, in either byte order.
    if (has(0, "II*\0"sv) || has(0, "MM\0*"sv) || has(0, "II+\0"sv) || has(0, "MM\0+"sv)) {
        return ImageFormat::tiff;
    }
    // A bare codestream, and one in a container (ISO/IEC 18181-2, 9.1).
    if (has(0, "\xFF\x0A") || has(0, "\0\0\0\x0CJXL \r\n\x87\n"sv)) return ImageFormat::jpeg_xl;
    return is_svg(file) ? ImageFormat::svg : ImageFormat::unknown;
}

Result<ImageInfo> read_info(std::span<const std::uint8_t> file, const DecodeOptions& options) {
    if (file.empty()) return Error{ErrorCode::corrupt_image, "the file is empty"};
    // stb_image counts bytes in int.
    const std::size_t max_bytes = std::min(options.max_file_bytes, std::size_t{INT_MAX});
    if (file.size() > max_bytes) {
        return Error{ErrorCode::image_too_large,
                     message({"the file has ", file.size(), " bytes, the limit is ", max_bytes,
                              ": use a smaller one or raise the limit"})};
    }

    const ImageFormat format = sniff_format(file);
    if (format == ImageFormat::unknown) {
        return Error{ErrorCode::unsupported_format,
                     "the file doesn't begin like any image format known here: use JPEG, PNG, "
                     "BMP or GIF"};
    }
    // First the size: a caller who uses another decoder for unsupported formats must learn of it.
    const auto frame = find_jpeg_frame(file);
    const auto header = read_size(format, file, frame);
    if (header) {
        if (auto error = find_excess(format, *header, options)) return *std::move(error);
    }
    if (!is_decodable(format)) return unsupported(std::string(to_string(format)));
    if (frame) {
        if (auto error = find_unsupported_coding(*frame)) return *std::move(error);
    }
    if (!header || header->width < 1 || header->height < 1) return corrupt_header(format);
    const Size size{static_cast<int>(header->width), static_cast<int>(header->height)};
    if (frame) {
        if (auto error = find_hostile_coding(jpeg_picture(file))) return *std::move(error);
    }
    if (format == ImageFormat::bmp) {
        const auto layout = read_bmp_layout(file);
        if (!layout) return corrupt_header(format);
        if (!layout->unsupported.empty()) return unsupported(std::string(layout->unsupported));
    } else if (format != ImageFormat::gif && !decoder_agrees(file, size)) {
        return corrupt_header(format);
    }
    return ImageInfo{format, size, read_exif_orientation(file)};
}

Result<Image> decode(std::span<const std::uint8_t> file, const DecodeOptions& options) {
    const auto info = read_info(file, options);
    if (!info) return info.error();
    const ImageFormat format = info.value().format;

    const Size size = info.value().size;
    int channels = 0;
    PixelBuffer decoded;
    if (format == ImageFormat::bmp) {
        const auto layout = read_bmp_layout(file);
        if (layout) decoded = decode_bmp(file, *layout, size, channels);
        if (!decoded) return no_memory();
    } else {
        if (format == ImageFormat::png && !has_intact_chunks(file)) {
            return Error{ErrorCode::corrupt_image,
                         "the PNG data is damaged (a checksum is wrong): get the file again"};
        }
        // A JPEG has no alpha, so the decoder may write RGB at once whatever is in the file.
        const int wanted_channels = format == ImageFormat::jpeg ? 3 : 0;
        const auto input = DecoderInput::create(format, file, size);
        if (!input) return no_memory();
        const Region& place = input->place();
        const Size frame_size{place.width, place.height};
        if (auto error = find_changed_hazard(format, frame_size, file, input->bytes())) {
            return *std::move(error);
        }
        const DecoderMemory memory(growth_limit(file, size));
        decoded = stb::load(input->bytes(), wanted_channels, channels);
        if (!decoded) return decoder_error(format);
        if (wanted_channels != 0) channels = wanted_channels;
        if (frame_size != size) {
            decoded = put_in_place(decoded.get(), channels, place, size);
            if (!decoded) return no_memory();
            channels = 4;
        }
    }
    auto image = adopt(std::move(decoded), channels, size, options);
    if (!image) return image;
    return orient(std::move(image).value(), info.value().orientation);
}

}  // namespace likeness
