/// @file
/// fuzz_seeds JPEG_DIRECTORY OUTPUT: writes what the fuzz targets start from into OUTPUT/TARGET/.
/// Everything is made here, but for the JPEG files of tests/data, which make.py beside them makes.
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "support/encode.hpp"
#include "support/network.hpp"
#include "support/random.hpp"

using namespace likeness::test;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, ByteSpan bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream stream(path, std::ios::binary);
    std::copy(bytes.begin(), bytes.end(), std::ostreambuf_iterator<char>(stream));
    if (!stream) throw std::runtime_error("can't write " + path.string());
}

ByteVector read(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::runtime_error("can't read " + path.string());
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// Every colour type and depth, with each filter, interlaced and not.
void write_pngs(const fs::path& folder) {
    struct Kind {
        std::uint8_t depth, colour_type;
        unsigned bits;
    };
    constexpr std::array kinds{Kind{1, 0, 1},   Kind{2, 0, 2},  Kind{4, 0, 4},   Kind{8, 0, 8},
                               Kind{16, 0, 16}, Kind{8, 2, 24}, Kind{16, 2, 48}, Kind{1, 3, 1},
                               Kind{2, 3, 2},   Kind{4, 3, 4},  Kind{8, 3, 8},   Kind{8, 4, 16},
                               Kind{16, 4, 32}, Kind{8, 6, 32}, Kind{16, 6, 64}};
    constexpr std::uint32_t width = 9;
    constexpr std::uint32_t height = 6;
    for (const auto& [depth, colour_type, bits] : kinds) {
        for (const bool interlaced : {false, true}) {
            // More than any interlacing needs; what is too much is ignored.
            auto scanlines = random_bytes(static_cast<std::size_t>(bits + 8) * height * 4, bits);
            const std::size_t row = (width * bits + 7) / 8 + 1;
            for (std::size_t y = 0; !interlaced && y < height; ++y) {
                scanlines[y * row] = static_cast<std::uint8_t>(y % 5);
            }
            if (interlaced) std::fill(scanlines.begin(), scanlines.end(), std::uint8_t{2});
            PngSpec spec{width, height, depth, colour_type, interlaced, {}};
            if (colour_type == 3) {
                spec.chunks.push_back({"PLTE", random_bytes(256 * 3, 3)});
                spec.chunks.push_back({"tRNS", random_bytes(7, 4)});
            } else if (colour_type < 3) {
                spec.chunks.push_back({"tRNS", random_bytes(colour_type == 0 ? 2 : 6, 5)});
            }
            write(folder / ("png-" + std::to_string(colour_type) + "-" + std::to_string(depth) +
                            (interlaced ? "-interlaced" : "")),
                  encode_png(spec, scanlines));
        }
    }
    for (std::uint32_t orientation = 1; orientation <= 8; ++orientation) {
        const auto exif = encode_exif(orientation, orientation % 2 == 0);
        const auto pixels = random_bytes(5 * 3 * 3, orientation);
        write(folder / ("png-exif-" + std::to_string(orientation)),
              encode_png({5, 3, 8, 2, false, {{"eXIf", exif}}}, pixels, 3));
    }
    const PngChunk damaged{"tRNS", random_bytes(6, 5), false};
    write(folder / "png-damaged-transparency",
          encode_png({5, 3, 8, 2, false, {damaged}}, random_bytes(5 * 3 * 3, 1), 3));
}

/// An animation of one frame, a part of the picture, whose default image is none.
ByteVector animation(std::uint8_t colour_type, int channels) {
    const auto numbers = [](std::initializer_list<std::uint32_t> values) {
        ByteVector bytes;
        for (const std::uint32_t value : values) append_big_endian(bytes, value, 4);
        return bytes;
    };
    const auto pixels = [&](std::size_t width, std::size_t height) {
        const std::size_t row = width * static_cast<std::size_t>(channels);
        return zlib_store(unfiltered(random_bytes(row * height, colour_type), row));
    };
    ByteVector control = numbers({0, 3, 2, 1, 1});
    append(control, ByteVector{0, 1, 0, 1, 0, 0});
    ByteVector data = numbers({1});
    append(data, pixels(3, 2));
    return encode_png(
        {5,
         4,
         8,
         colour_type,
         false,
         {{"acTL", numbers({1, 0})}, {"IDAT", pixels(5, 4)}, {"fcTL", control}, {"fdAT", data}}});
}

/// Pictures whose data is damaged: what is compressed, and a checksum.
void write_damaged(const fs::path& folder) {
    const ByteVector no_data = random_bytes(40, 9);
    write(folder / "png-damaged-data", encode_png({5, 3, 8, 2, false, {{"IDAT", no_data}}}));
    const ByteVector data = zlib_store(unfiltered(random_bytes(5 * 3 * 3, 1), 15));
    write(folder / "png-damaged-checksum",
          encode_png({5, 3, 8, 2, false, {{"IDAT", data, false}}}));
}

/// Headers of formats that others decode, with a picture's size.
void write_headers(const fs::path& folder) {
    const auto header = [](std::string_view text, std::size_t size) {
        ByteVector bytes(text.begin(), text.end());
        bytes.resize(size, 3);
        return bytes;
    };
    using namespace std::string_view_literals;
    write(folder / "webp-extended", header("RIFF\x16\0\0\0WEBPVP8X"sv, 30));
    write(folder / "webp-lossless", header("RIFF\x16\0\0\0WEBPVP8L"sv, 30));
    write(folder / "heic", header("\0\0\0\x18"
                                  "ftypheic\0\0\0\0mif1heic\0\0\0\x14ispe"sv,
                                  44));
}

/// The JPEG with components called R, G and B, and an Adobe segment that says that they are YCbCr.
ByteVector misnamed(ByteVector jpeg) {
    for (std::size_t at = 2; at + 4 < jpeg.size();) {
        const std::uint8_t marker = jpeg[at + 1];
        const bool frame = marker >= 0xC0 && marker <= 0xC2;
        const std::size_t first = at + (frame ? 10 : 5);
        for (std::size_t i = 0; (frame || marker == 0xDA) && i < jpeg[first - 1]; ++i) {
            std::uint8_t& name = jpeg[first + i * (frame ? 3 : 2)];
            if (name >= 1 && name <= 3) name = ByteVector{'R', 'G', 'B'}[name - 1U];
        }
        if (marker == 0xDA) break;
        at += 2 + jpeg[at + 2] * std::size_t{256} + jpeg[at + 3];
    }
    const ByteVector adobe{0xFF, 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 1};
    jpeg.insert(jpeg.begin() + 2, adobe.begin(), adobe.end());
    return jpeg;
}

/// A BMP of 4 × 4 pixels of `bits` bits, which are random numbers.
ByteVector bmp(std::uint32_t header_bytes, std::uint32_t bits, std::uint32_t compression) {
    BmpSpec spec{4, 4, bits, header_bytes, compression};
    if (bits <= 8) spec.palette = random_bytes((1U << bits) * (header_bytes == 12 ? 3 : 4), bits);
    if (compression >= 3 || header_bytes > 40) {
        spec.masks = bits == 16 ? std::vector<std::uint32_t>{0x7C00, 0x03E0, 0x001F}
                                : std::vector<std::uint32_t>{0xFF0000, 0xFF00, 0xFF};
    }
    if (compression == 6 || header_bytes > 52) spec.masks.push_back(bits == 16 ? 0 : 0xFF000000);
    return encode_bmp(spec, random_bytes(4 * 4 * 4, bits));
}

void write_others(const fs::path& folder) {
    const auto pixels = random_bytes(5 * 4 * 3, 3);
    write(folder / "bmp-bottom-up", encode_bmp(5, 4, pixels, false));
    write(folder / "bmp-top-down", encode_bmp(5, 4, pixels, true));
    for (const std::uint32_t header : {12U, 40U, 52U, 56U, 64U, 108U, 124U}) {
        for (const std::uint32_t bits : {1U, 2U, 4U, 8U, 16U, 24U, 32U}) {
            for (const std::uint32_t compression : {0U, 1U, 2U, 3U, 6U}) {
                write(folder / ("bmp-" + std::to_string(header) + "-" + std::to_string(bits) + "-" +
                                std::to_string(compression)),
                      bmp(header, bits, compression));
            }
        }
    }
    const auto palette = random_bytes(128 * 3, 4);
    auto indices = random_bytes(20 * 15, 5);
    for (auto& index : indices) index = index % 128;
    const std::array frames{GifFrame{indices, 3}, GifFrame{ByteVector(20 * 15, 9)}};
    write(folder / "gif", encode_gif(20, 15, palette, frames));
    const std::array beyond{GifFrame{ByteVector(6, 9), 3, GifPlace{7, 5, 3, 2}}};
    write(folder / "gif-beyond-its-screen", encode_gif(8, 6, palette, beyond, 5));

    using namespace std::string_literals;
    const std::array named{
        std::pair{"webp", "RIFF\x10\0\0\0WEBPVP8 "s},
        std::pair{"avif",
                  "\0\0\0\x1C"
                  "ftypmif1\0\0\0\0mif1avif"s},
        std::pair{"heic",
                  "\0\0\0\x18"
                  "ftypheic\0\0\0\0"s},
        std::pair{"jxl", "\xFF\x0A\xFA\x7F"s},
        std::pair{"jxl-in-boxes",
                  "\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x10jxlp\0\0\0\0\xFF\x0A\x30\x54"
                  "\0\0\0\x11jxlp\0\0\0\1\x10\x09\x08\x18\x06"s},
        std::pair{"mp4",
                  "\0\0\0\x14"
                  "ftypisom"s},
        std::pair{"tiff", "II*\0\x08\0\0\0"s},
        std::pair{"svg", "\xEF\xBB\xBF <?xml version=\"1.0\"?>\n<svg/>"s},
        std::pair{"text", "hello"s},
        std::pair{"header",
                  "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\xEA\x60\0\0\xEA\x60\x01\0\0\0\0"s}};
    for (const auto& [name, content] : named) {
        ByteVector bytes;
        append(bytes, content);
        write(folder / name, bytes);
    }
}

void write_jpegs(const fs::path& source, const fs::path& folder) {
    for (const auto* name : {"baseline", "subsampled", "progressive", "grey", "cmyk"}) {
        const auto jpeg = read(source / (std::string(name) + ".jpg"));
        write(folder / name, jpeg);
        for (std::uint32_t orientation = 0; orientation <= 9; ++orientation) {
            if (std::string_view(name) != "grey") continue;
            write(folder / ("exif-" + std::to_string(orientation)),
                  with_jpeg_exif(jpeg, encode_exif(orientation, orientation % 2 == 0)));
        }
    }
    for (const std::uint8_t marker : std::array<std::uint8_t, 3>{0xC1, 0xC3, 0xC9}) {
        const ByteVector frame{0xFF, 0xD8, 0xFF, marker, 0, 11, 12, 0, 1, 0, 1, 1, 1, 0x11, 0};
        write(folder / ("frame-" + std::to_string(marker)), frame);
    }
}

/// Where an input is taken apart into numbers any bytes will do.
void write_random(const fs::path& folder) {
    for (std::uint32_t seed = 1; seed <= 12; ++seed) {
        write(folder / std::to_string(seed), random_bytes(std::size_t{64} << seed / 3, seed));
    }
}

/// A whole network, the same with something left out or changed, and an input of nothing.
void write_networks(const fs::path& folder) {
    const auto file = encode_network(small_network(), 1);
    write(folder / "whole", file);
    write(folder / "cut", {file.begin(), file.begin() + 200});
    write(folder / "table", {file.begin(), file.begin() + 12 + 16 * 19});
    for (std::size_t i = 0; i < small_network().size(); ++i) {
        auto layers = small_network();
        layers.erase(layers.begin() + static_cast<std::ptrdiff_t>(i));
        write(folder / ("without-" + std::to_string(i)), encode_network(layers, 1));
    }
    for (const std::size_t at : {4U, 12U, 13U, 14U, 15U, 16U, 20U, 24U, 316U, 319U}) {
        auto altered = file;
        altered[at] ^= 0xFFU;
        write(folder / ("altered-" + std::to_string(at)), altered);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) return 2;
    const fs::path jpegs(arguments[1]);
    const fs::path output(arguments[2]);
    for (const auto* target : {"decode", "orientation"}) {
        write_pngs(output / target);
        write_damaged(output / target);
        write_headers(output / target);
        write_others(output / target);
        write_jpegs(jpegs, output / target);
        write(output / target / "jpeg-misnamed", misnamed(read(jpegs / "baseline.jpg")));
        write(output / target / "png-animated", animation(2, 3));
        write(output / target / "png-animated-alpha", animation(6, 4));
    }
    for (std::uint32_t orientation = 0; orientation <= 9; ++orientation) {
        write(output / "orientation" / ("tiff-" + std::to_string(orientation)),
              encode_exif(orientation, orientation % 2 == 0));
    }
    for (const auto* target : {"preprocess", "fingerprint", "embedding"}) {
        write_random(output / target);
    }
    write_networks(output / "network");
    return 0;
}
