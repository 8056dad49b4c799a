#include <algorithm>
#include <cstdlib>
#include <string>

#include "likeness/decode.hpp"
#include "support/catch.hpp"
#include "support/encode.hpp"
#include "support/files.hpp"
#include "support/random.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

ByteVector decoded_bytes(ByteSpan file, const DecodeOptions& options = {}) {
    const auto image = decode(file, options);
    INFO((image ? std::string() : image.error().message));
    REQUIRE(image);
    const auto pixels = image.value().pixels();
    return {pixels.begin(), pixels.end()};
}

ErrorCode decode_error(ByteSpan file, const DecodeOptions& options = {}) {
    const auto image = decode(file, options);
    REQUIRE_FALSE(image);
    CHECK_FALSE(image.error().message.empty());
    return image.error().code;
}

}  // namespace

TEST_CASE("PNG in RGB is decoded", "[decode]") {
    const auto pixels = random_bytes(7 * 5 * 3, 1);
    CHECK(decoded_bytes(encode_png({7, 5}, pixels, 3)) == pixels);
}

TEST_CASE("alpha is kept where it is asked for and something shines through", "[decode]") {
    const DecodeOptions keep{.keep_alpha = true};
    auto rgba = random_bytes(7 * 5 * 4, 2);
    const auto kept = decode(encode_png({7, 5, 8, 6}, rgba, 4), keep);
    REQUIRE(kept);
    CHECK(kept.value().channels() == 4);
    CHECK(std::ranges::equal(kept.value().pixels(), rgba));
    for (std::size_t i = 3; i < rgba.size(); i += 4) rgba[i] = 255;
    const auto opaque = decode(encode_png({7, 5, 8, 6}, rgba, 4), keep);
    REQUIRE(opaque);
    CHECK(opaque.value().channels() == 3);

    // Grey with alpha, turned by its EXIF orientation.
    const ByteVector exif = encode_exif(6, true);
    const ByteVector grey{1, 255, 2, 128};
    const auto turned = decode(encode_png({2, 1, 8, 4, false, {{"eXIf", exif}}}, grey, 2), keep);
    REQUIRE(turned);
    CHECK(turned.value().size() == Size{1, 2});
    CHECK(std::ranges::equal(turned.value().pixels(), ByteVector{1, 1, 1, 255, 2, 2, 2, 128}));
}

TEST_CASE("PNG in grey of 1 to 8 bits is decoded", "[decode]") {
    // One row of 8 pixels: black, white, then six of each depth's own value 1.
    const ByteVector one_bit{0, 0b01111111};
    CHECK(decoded_bytes(encode_png({8, 1, 1, 0}, one_bit)).at(3) == 255);
    const ByteVector two_bits{0, 0b00110101, 0b01010101};
    CHECK(decoded_bytes(encode_png({8, 1, 2, 0}, two_bits)).at(6) == 85);
    const ByteVector four_bits{0, 0x0F, 0x11, 0x11, 0x11};
    CHECK(decoded_bytes(encode_png({8, 1, 4, 0}, four_bits)).at(6) == 17);
    const ByteVector eight_bits{0, 0, 255, 1, 2, 3, 4, 5, 6};
    const auto pixels = decoded_bytes(encode_png({8, 1, 8, 0}, eight_bits));
    CHECK(ByteVector(pixels.begin() + 6, pixels.begin() + 12) == ByteVector{1, 1, 1, 2, 2, 2});
}

TEST_CASE("PNG with a palette and transparent entries is decoded", "[decode]") {
    const ByteVector palette{10, 20, 30, 40, 50, 60, 70, 80, 90};
    const ByteVector indices{0, 1, 2};
    CHECK(decoded_bytes(encode_png({3, 1, 8, 3, false, {{"PLTE", palette}}}, indices, 1)) ==
          palette);
    const ByteVector alpha{255, 0};
    const ByteVector expected{10, 20, 30, 255, 255, 255, 70, 80, 90};
    CHECK(decoded_bytes(encode_png({3, 1, 8, 3, false, {{"PLTE", palette}, {"tRNS", alpha}}},
                                   indices, 1)) == expected);
}

TEST_CASE("PNG alpha is composited on the background", "[decode]") {
    const ByteVector rgba{100, 150, 200, 255, 100, 150, 200, 0, 100, 150, 200, 51};
    const ByteVector on_white{100, 150, 200, 255, 255, 255, 224, 234, 244};
    CHECK(decoded_bytes(encode_png({3, 1, 8, 6}, rgba, 4)) == on_white);
    DecodeOptions options;
    options.background = {0, 10, 20};
    const ByteVector on_dark{100, 150, 200, 0, 10, 20, 20, 38, 56};
    CHECK(decoded_bytes(encode_png({3, 1, 8, 6}, rgba, 4), options) == on_dark);

    const ByteVector grey_alpha{100, 255, 100, 0, 100, 51};
    const ByteVector expected{100, 100, 100, 255, 255, 255, 224, 224, 224};
    CHECK(decoded_bytes(encode_png({3, 1, 8, 4}, grey_alpha, 2)) == expected);

    const ByteVector key{0, 100, 0, 150, 0, 200};
    const ByteVector rgb{100, 150, 200, 100, 150, 201};
    const ByteVector keyed{255, 255, 255, 100, 150, 201};
    CHECK(decoded_bytes(encode_png({2, 1, 8, 2, false, {{"tRNS", key}}}, rgb, 3)) == keyed);
}

TEST_CASE("a PNG whose picture has a wrong checksum is damaged", "[decode]") {
    // What Chromium 156 refuses and shows, chunk by chunk.
    const ByteVector palette{10, 20, 30, 40, 50, 60};
    const ByteVector stream = zlib_store(unfiltered(ByteVector{0, 1}, 2));
    const ByteVector start(stream.begin(), stream.begin() + 5);
    const ByteVector end(stream.begin() + 5, stream.end());
    const auto with = [](std::vector<PngChunk> chunks) {
        return encode_png({2, 1, 8, 3, false, std::move(chunks)});
    };
    const auto sound = with({{"PLTE", palette}, {"IDAT", start}, {"IDAT", end}});
    const ByteVector rgb{10, 20, 30, 40, 50, 60};
    REQUIRE(decoded_bytes(sound) == rgb);
    for (const auto& file : {with({{"PLTE", palette, false}, {"IDAT", stream}}),
                             with({{"PLTE", palette}, {"IDAT", start, false}, {"IDAT", end}}),
                             with({{"PLTE", palette}, {"IDAT", start}, {"IDAT", end, false}})}) {
        const auto image = decode(file);
        REQUIRE_FALSE(image);
        CHECK(image.error().code == ErrorCode::corrupt_image);
        CHECK(image.error().message.find("checksum") != std::string::npos);
    }
    auto header = sound;
    header[8 + 8 + 13] ^= 1;
    CHECK(decode_error(header) == ErrorCode::corrupt_image);
    // Of pixels too: a bit flipped in each byte of them.
    const auto pixels = encode_png({3, 2}, random_bytes(3 * 2 * 3, 9), 3);
    for (std::size_t at = pixels.size() - 12 - 8 - 2 * 10; at < pixels.size() - 12; ++at) {
        auto flipped = pixels;
        flipped[at] ^= 0x10;
        CHECK(decode_error(flipped) == ErrorCode::corrupt_image);
    }

    // What else is damaged is left out.
    const DecodeOptions keep{.keep_alpha = true};
    const ByteVector transparent{10, 20, 30, 0, 40, 50, 60, 255};
    CHECK(decoded_bytes(with({{"PLTE", palette}, {"tRNS", {0}}, {"IDAT", stream}}), keep) ==
          transparent);
    CHECK(decoded_bytes(with({{"PLTE", palette}, {"tRNS", {0}, false}, {"IDAT", stream}}), keep) ==
          rgb);
    CHECK(decoded_bytes(with({{"PLTE", palette}, {"tEXt", {0}, false}, {"IDAT", stream}})) == rgb);
    auto trailer = sound;
    trailer.back() ^= 1;
    CHECK(decoded_bytes(trailer) == rgb);
}

TEST_CASE("an animated PNG shows its first frame", "[decode]") {
    const auto numbers = [](std::initializer_list<std::uint32_t> values) {
        ByteVector bytes;
        for (const std::uint32_t value : values) append_big_endian(bytes, value, 4);
        return bytes;
    };
    const auto control = [&](std::uint32_t sequence, std::uint32_t width, std::uint32_t x) {
        auto bytes = numbers({sequence, width, 1, x, 0});
        append(bytes, ByteVector{0, 100, 0, 1, 0, 0});
        return PngChunk{"fcTL", bytes};
    };
    // Two pixels of the palette; the data of a frame has a number in front, and may be in pieces.
    const auto stream = [](const ByteVector& indices) {
        return zlib_store(unfiltered(indices, indices.size()));
    };
    const auto piece = [&](std::uint32_t sequence, const ByteVector& data, bool first) {
        auto bytes = numbers({sequence});
        append(bytes, first ? ByteSpan(data).first(6) : ByteSpan(data).subspan(6));
        return PngChunk{"fdAT", bytes};
    };
    const PngChunk palette{"PLTE", {10, 20, 30, 40, 50, 60, 70, 80, 90}};
    const PngChunk transparency{"tRNS", {0}, false};
    const PngChunk animation{"acTL", numbers({2, 0})};
    const PngChunk picture{"IDAT", stream({0, 1})};
    const auto frame = stream({1, 2});
    const auto next = stream({0, 0});
    const auto shown = [](std::vector<PngChunk> chunks) {
        return decoded_bytes(encode_png({2, 1, 8, 3, false, std::move(chunks)}));
    };
    const ByteVector default_image{10, 20, 30, 40, 50, 60};
    const ByteVector first_frame{40, 50, 60, 70, 80, 90};
    CHECK(shown({animation, palette, transparency, picture, control(0, 2, 0), piece(1, frame, true),
                 piece(2, frame, false), control(3, 2, 0), piece(4, next, true),
                 piece(5, next, false)}) == first_frame);
    // The picture data is a frame, or the animation isn't one.
    CHECK(shown({animation, palette, control(0, 2, 0), picture, control(1, 2, 0),
                 piece(2, frame, true), piece(3, frame, false)}) == default_image);
    CHECK(shown({palette, picture, control(0, 2, 0), piece(1, frame, true),
                 piece(2, frame, false)}) == default_image);
    CHECK(shown({animation, palette, picture}) == default_image);
    // A frame that is a part of the picture; the rest is transparent.
    const DecodeOptions keep{.keep_alpha = true};
    const auto part = stream({2});
    CHECK(decoded_bytes(encode_png({2,
                                    1,
                                    8,
                                    3,
                                    false,
                                    {animation, palette, picture, control(0, 1, 1),
                                     piece(1, part, true), piece(2, part, false)}}),
                        keep) == ByteVector{0, 0, 0, 0, 70, 80, 90, 255});
    // One that isn't inside is none.
    CHECK(shown({animation, palette, picture, control(0, 2, 1), piece(1, frame, true),
                 piece(2, frame, false)}) == default_image);
    // Damaged data of the frame is damage.
    auto damaged = piece(2, frame, false);
    damaged.intact = false;
    CHECK(decode_error(encode_png({2,
                                   1,
                                   8,
                                   3,
                                   false,
                                   {animation, palette, picture, control(0, 2, 0),
                                    piece(1, frame, true), damaged}})) == ErrorCode::corrupt_image);
}

TEST_CASE("PNG of 16 bits a channel keeps the upper 8", "[decode]") {
    const ByteVector rgb{10, 99, 20, 255, 30, 0};
    CHECK(decoded_bytes(encode_png({1, 1, 16, 2}, rgb, 6)) == ByteVector{10, 20, 30});
    const ByteVector grey_alpha{10, 99, 255, 255};
    CHECK(decoded_bytes(encode_png({1, 1, 16, 4}, grey_alpha, 4)) == ByteVector{10, 10, 10});
}

TEST_CASE("interlaced PNG is decoded", "[decode]") {
    // Adam7 (PNG specification, section 8.2): first column, first row, steps of each pass.
    struct Pass {
        std::size_t x, y, step_x, step_y;
    };
    constexpr std::array passes{Pass{0, 0, 8, 8}, Pass{4, 0, 8, 8}, Pass{0, 4, 4, 8},
                                Pass{2, 0, 4, 4}, Pass{0, 2, 2, 4}, Pass{1, 0, 2, 2},
                                Pass{0, 1, 1, 2}};
    constexpr std::size_t width = 11;
    constexpr std::size_t height = 9;
    const auto pixels = random_bytes(width * height * 3, 2);
    ByteVector scanlines;
    for (const Pass& pass : passes) {
        for (std::size_t y = pass.y; y < height; y += pass.step_y) {
            scanlines.push_back(0);
            for (std::size_t x = pass.x; x < width; x += pass.step_x) {
                append(scanlines, ByteSpan(pixels).subspan((y * width + x) * 3, 3));
            }
        }
    }
    CHECK(decoded_bytes(encode_png({width, height, 8, 2, true, {}}, scanlines)) == pixels);
}

TEST_CASE("BMP is decoded in both row orders", "[decode]") {
    const auto pixels = random_bytes(5 * 4 * 3, 3);
    for (const bool top_down : {false, true}) {
        const auto file = encode_bmp(5, 4, pixels, top_down);
        const auto info = read_info(file);
        REQUIRE(info);
        CHECK(info.value().size == Size{5, 4});
        CHECK(decoded_bytes(file) == pixels);
    }
}

TEST_CASE("a BMP's unused bits are no alpha", "[decode]") {
    const DecodeOptions keep{.keep_alpha = true};
    const std::vector<std::uint32_t> colours{0xFF0000, 0x00FF00, 0x0000FF};
    const std::vector<std::uint32_t> all{0xFF0000, 0x00FF00, 0x0000FF, 0xFF000000};
    const ByteVector rows{1, 2, 3, 0, 10, 20, 30, 255};
    const ByteVector opaque{3, 2, 1, 30, 20, 10};
    for (const auto& spec :
         {BmpSpec{2, 1, 32}, BmpSpec{2, 1, 32, 40, 3, colours}, BmpSpec{2, 1, 32, 52, 0, colours},
          BmpSpec{2, 1, 32, 52, 3, colours}, BmpSpec{2, 1, 32, 56, 0, all},
          BmpSpec{2, 1, 32, 56, 3, colours}, BmpSpec{2, 1, 32, 108, 0, colours},
          BmpSpec{2, 1, 32, 124, 3, colours}}) {
        INFO(spec.header_bytes << " bytes of header, compression " << spec.compression);
        CHECK(decoded_bytes(encode_bmp(spec, rows), keep) == opaque);
    }
    // Where the header says that there is alpha there is: as Chromium 156 reads it.
    const ByteVector transparent{3, 2, 1, 0, 30, 20, 10, 255};
    for (const auto& spec : {BmpSpec{2, 1, 32, 40, 6, all}, BmpSpec{2, 1, 32, 56, 3, all},
                             BmpSpec{2, 1, 32, 108, 0, all}, BmpSpec{2, 1, 32, 124, 3, all}}) {
        INFO(spec.header_bytes << " bytes of header, compression " << spec.compression);
        CHECK(decoded_bytes(encode_bmp(spec, rows), keep) == transparent);
        CHECK(decoded_bytes(encode_bmp(spec, rows)) == ByteVector{255, 255, 255, 30, 20, 10});
    }
}

TEST_CASE("BMP pixels of 16 and 32 bits have the fields that the header names", "[decode]") {
    const DecodeOptions keep{.keep_alpha = true};
    const auto pixels = [](std::uint32_t first, std::uint32_t second, int bytes) {
        ByteVector rows;
        append_little_endian(rows, first, bytes);
        append_little_endian(rows, second, bytes);
        return rows;
    };
    // Each value is that of Chromium 156.
    const auto five = pixels(0x8000U | 16U << 10U | 1U << 5U | 31U, 3U << 10U | 20U << 5U | 9U, 2);
    CHECK(decoded_bytes(encode_bmp({2, 1, 16}, five)) == ByteVector{132, 8, 255, 25, 165, 74});
    CHECK(decoded_bytes(encode_bmp({2, 1, 16, 56, 3, {0x7C00, 0x03E0, 0x001F, 0x8000}}, five),
                        keep) == ByteVector{132, 8, 255, 255, 25, 165, 74, 0});
    const auto six = pixels(16U << 11U | 1U << 5U | 31U, 3U << 11U | 20U << 5U | 9U, 2);
    CHECK(decoded_bytes(encode_bmp({2, 1, 16, 40, 3, {0xF800, 0x07E0, 0x001F}}, six)) ==
          ByteVector{132, 4, 255, 25, 81, 74});
    CHECK(decoded_bytes(encode_bmp({2, 1, 16, 56, 3, {0x0F00, 0x00F0, 0x000F, 0xF000}},
                                   pixels(0xF123, 0x8456, 2)),
                        keep) == ByteVector{17, 34, 51, 255, 68, 85, 102, 136});
    const auto ten = pixels(512U << 20U | 256U << 10U | 1023U, 100U << 20U | 3U << 10U, 4);
    CHECK(decoded_bytes(encode_bmp({2, 1, 32, 40, 3, {0x3FF00000, 0xFFC00, 0x3FF}}, ten)) ==
          ByteVector{128, 64, 255, 25, 1, 0});
}

TEST_CASE("BMP indices of 1 to 8 bits are decoded behind every header", "[decode]") {
    const ByteVector palette{1, 2, 3, 0, 10, 20, 30, 0, 100, 110, 120, 0, 200, 210, 220, 0};
    const ByteVector expected{3, 2, 1, 30, 20, 10, 120, 110, 100, 220, 210, 200};
    for (const std::uint32_t header : {40U, 52U, 56U, 64U, 108U, 124U}) {
        for (const std::uint32_t gap : {0U, 10U, 3000U}) {
            INFO(header << " bytes of header, " << gap << " bytes of gap");
            const auto file = [&](std::uint32_t bits, const ByteVector& rows) {
                return encode_bmp({4, 1, bits, header, 0, {}, palette, gap}, rows);
            };
            CHECK(decoded_bytes(file(8, {0, 1, 2, 3})) == expected);
            CHECK(decoded_bytes(file(4, {0x01, 0x23, 0, 0})) == expected);
            CHECK(decoded_bytes(file(2, {0x1B, 0, 0, 0})) == expected);
            CHECK(decoded_bytes(file(1, {0x50, 0, 0, 0})) ==
                  ByteVector{3, 2, 1, 30, 20, 10, 3, 2, 1, 30, 20, 10});
            // No such colour: black.
            CHECK(decoded_bytes(file(8, {9, 0, 0, 0})).front() == 0);
            CHECK(decoded_bytes(encode_bmp({1, 1, 24, header, 0, {}, {}, gap},
                                           ByteVector{1, 2, 3, 0})) == ByteVector{3, 2, 1});
        }
    }
    // OS/2 1.x, whose colours have 3 bytes: all of them count.
    ByteVector short_palette;
    for (int i = 0; i < 256; ++i) append_little_endian(short_palette, 0x010101U * unsigned(i), 3);
    CHECK(decoded_bytes(
              encode_bmp({3, 1, 8, 12, 0, {}, short_palette}, ByteVector{0, 100, 255, 0})) ==
          ByteVector{0, 0, 0, 100, 100, 100, 255, 255, 255});
    // OS/2 2.x, cut off behind its 16th byte.
    auto cut = encode_bmp({1, 1, 24, 40}, ByteVector{1, 2, 3, 0});
    cut.erase(cut.begin() + 30, cut.begin() + 54);
    cut[10] = 30;
    cut[14] = 16;
    CHECK(decoded_bytes(cut) == ByteVector{3, 2, 1});
}

TEST_CASE("BMP runs are decoded", "[decode]") {
    const ByteVector palette{1, 1, 1, 0, 10, 10, 10, 0, 20, 20, 20, 0, 30, 30, 30, 0};
    const auto grey = [&](std::uint32_t bits, std::int32_t width, std::int32_t height,
                          const ByteVector& runs) {
        const auto file =
            encode_bmp({width, height, bits, 40, bits == 8 ? 1U : 2U, {}, palette}, runs);
        const auto pixels = decoded_bytes(file);
        ByteVector reds;
        for (std::size_t i = 0; i < pixels.size(); i += 3) reds.push_back(pixels[i]);
        return reds;
    };
    // Two equal; the end of a row; a move by one; one; a row of three as they are, and their
    // padding; the end. What is passed over is black.
    CHECK(grey(8, 4, 3, {2, 1, 0, 0, 0, 2, 1, 0, 1, 2, 0, 0, 0, 3, 1, 2, 3, 0, 0, 1}) ==
          ByteVector{10, 20, 30, 0, 0, 20, 0, 0, 10, 10, 0, 0});
    CHECK(grey(4, 5, 2, {5, 0x12, 0, 0, 0, 3, 0x12, 0x30, 0, 0, 0, 1}) ==
          ByteVector{10, 20, 30, 0, 0, 10, 20, 10, 20, 10});
    // A run longer than its row, and rows behind the last.
    CHECK(grey(8, 2, 1, {9, 1, 0, 0, 9, 2, 0, 2, 200, 200, 9, 3, 0, 1}) == ByteVector{10, 10});
    // Data that ends early, at every byte.
    const ByteVector runs{1, 3, 0, 4, 1, 2, 3, 1, 0, 2, 1, 1, 0, 3, 1};
    for (std::size_t length = 1; length < runs.size(); ++length) {
        const auto reds = grey(8, 6, 4, ByteVector(runs.begin(), runs.begin() + long(length)));
        CHECK(reds.size() == 6 * 4);
    }
}

TEST_CASE("BMP codings that aren't decoded are named, damaged headers are damaged", "[decode]") {
    const ByteVector rows(64);
    for (const auto& spec : {BmpSpec{2, 2, 24, 40, 4}, BmpSpec{2, 2, 24, 40, 5},
                             BmpSpec{2, 2, 1, 64, 3}, BmpSpec{2, 2, 24, 64, 4}}) {
        CHECK(decode_error(encode_bmp(spec, rows)) == ErrorCode::unsupported_format);
    }
    for (const auto& spec : {BmpSpec{2, 2, 7}, BmpSpec{2, 2, 24, 100}, BmpSpec{2, 2, 24, 40, 3},
                             BmpSpec{2, 2, 4, 40, 1}, BmpSpec{2, 2, 24, 40, 9}}) {
        CHECK(decode_error(encode_bmp(spec, rows)) == ErrorCode::corrupt_image);
    }
    // No pixel at all is damage at every length.
    const auto whole = encode_bmp({2, 2, 8, 124, 0, {}, ByteVector(1024)}, rows);
    for (std::size_t length = 2; length <= whole.size() - rows.size(); ++length) {
        CHECK(decode_error(ByteSpan(whole).first(length)) == ErrorCode::corrupt_image);
    }
}

TEST_CASE("the first frame of a GIF is decoded", "[decode]") {
    auto palette = random_bytes(128 * 3, 4);
    GifFrame first{ByteVector(20 * 15)};
    Random random(5);
    for (auto& value : first.indices) value = static_cast<std::uint8_t>(random.between(0, 127));
    const GifFrame second{ByteVector(20 * 15, 9)};
    ByteVector expected;
    for (const auto value : first.indices) {
        append(expected, ByteSpan(palette).subspan(value * 3U, 3));
    }
    CHECK(decoded_bytes(encode_gif(20, 15, palette, std::array{first, second})) == expected);

    first.transparent_index = first.indices[0];
    for (std::size_t i = 0; i < first.indices.size(); ++i) {
        if (first.indices[i] == first.indices[0]) std::fill_n(expected.data() + 3 * i, 3, 255);
    }
    CHECK(decoded_bytes(encode_gif(20, 15, palette, std::array{first})) == expected);
}

TEST_CASE("what a GIF's first frame leaves out is transparent", "[decode]") {
    const DecodeOptions keep{.keep_alpha = true};
    const auto palette = random_bytes(128 * 3, 4);
    const auto colour = [&](std::size_t i) { return ByteSpan(palette).subspan(3 * i, 3); };
    for (const int transparent : {-1, 9, 5}) {
        // Some encoders name the transparent colour as the background.
        for (const auto background : ByteVector{0, 5, 127}) {
            const std::array frame{GifFrame{{1, 9}, transparent, GifPlace{1, 0, 2, 1}}};
            const auto pixels = decoded_bytes(encode_gif(4, 2, palette, frame, background), keep);
            REQUIRE(pixels.size() == 4 * 4 * 2);
            ByteVector expected(4 * 4 * 2);
            std::ranges::copy(colour(1), expected.begin() + 4);
            expected[7] = 255;
            if (transparent != 9) {
                std::ranges::copy(colour(9), expected.begin() + 8);
                expected[11] = 255;
            }
            CHECK(pixels == expected);
        }
    }
}

TEST_CASE("a GIF's screen holds the whole of its first frame", "[decode]") {
    const auto palette = random_bytes(128 * 3, 4);
    struct Sample {
        Size screen;
        GifPlace frame;
        Size picture;
    };
    for (const Sample& sample :
         {Sample{{2, 2}, {0, 0, 3, 3}, {3, 3}}, Sample{{2, 4}, {0, 0, 3, 3}, {3, 4}},
          Sample{{3, 3}, {1, 2, 3, 3}, {4, 5}}, Sample{{3, 3}, {5, 6, 3, 3}, {8, 9}},
          Sample{{0, 0}, {0, 0, 3, 3}, {3, 3}}, Sample{{0, 5}, {1, 1, 3, 3}, {4, 5}}}) {
        const GifPlace& place = sample.frame;
        const GifFrame first{ByteVector{1, 2, 3, 4, 5, 6, 7, 8, 9}, -1, place};
        // Later frames don't make it any larger.
        const GifFrame second{ByteVector(100), -1, GifPlace{0, 0, 10, 10}};
        const auto file = encode_gif(sample.screen.width, sample.screen.height, palette,
                                     std::array{first, second}, 3);
        const auto info = read_info(file);
        REQUIRE(info);
        CHECK(info.value().size == sample.picture);
        ByteVector expected(
            3 * std::size_t(sample.picture.width) * std::size_t(sample.picture.height), 255);
        for (int i = 0; i < 9; ++i) {
            const int at = (place.y + i / 3) * sample.picture.width + place.x + i % 3;
            std::copy_n(palette.begin() + 3 * (i + 1), 3, expected.begin() + 3 * at);
        }
        CHECK(decoded_bytes(file) == expected);
    }
    // Limits hold for what the picture becomes.
    const GifFrame far{ByteVector{1}, -1, GifPlace{65535, 0, 1, 1}};
    CHECK(decode_error(encode_gif(1, 1, palette, std::array{far})) == ErrorCode::image_too_large);
    const GifFrame large{ByteVector{1}, -1, GifPlace{0, 0, 60000, 60000}};
    CHECK(decode_error(encode_gif(1, 1, palette, std::array{large})) == ErrorCode::image_too_large);
    CHECK(decode_error(encode_gif(0, 0, palette, {})) == ErrorCode::corrupt_image);
}

TEST_CASE("JPEG is decoded as libjpeg does, within rounding", "[decode]") {
    // The PNG files hold what Pillow 9.4 (libjpeg-turbo) decodes. stb_image interpolates chroma
    // differently, hence the wider bound where it is subsampled.
    struct Sample {
        const char *jpeg, *png;
        double mean_difference;
    };
    for (const Sample sample :
         {Sample{"baseline.jpg", "baseline.png", 0.5},
          Sample{"subsampled.jpg", "subsampled.png", 1.5},
          Sample{"progressive.jpg", "progressive.png", 1.5}, Sample{"grey.jpg", "grey.png", 0.1}}) {
        INFO(sample.jpeg);
        const auto ours = decoded_bytes(read_data(sample.jpeg));
        const auto theirs = decoded_bytes(read_data(sample.png));
        REQUIRE(ours.size() == theirs.size());
        long difference = 0;
        for (std::size_t i = 0; i < ours.size(); ++i) difference += std::abs(ours[i] - theirs[i]);
        CHECK(static_cast<double>(difference) / static_cast<double>(ours.size()) <
              sample.mean_difference);
    }
}

TEST_CASE("a JPEG's components are RGB where nothing says that they aren't", "[decode]") {
    // What the names, a JFIF segment and an Adobe segment with its transform say together, as in
    // Chromium 156: transform 0 is RGB, unless there is JFIF.
    for (const char* name : {"baseline.jpg", "progressive.jpg", "subsampled.jpg"}) {
        const auto file = read_data(name);
        const auto altered = [&](bool rgb_names, bool jfif, int transform) {
            ByteVector picture{0xFF, 0xD8};
            if (jfif) {
                append(picture, ByteVector{0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1,
                                           0, 1, 0, 0});
            }
            if (transform >= 0) {
                append(picture, ByteVector{0xFF, 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0,
                                           0, 0, static_cast<std::uint8_t>(transform)});
            }
            for (std::size_t at = 2; at + 4 < file.size();) {
                const std::size_t length = 2 + file[at + 2] * std::size_t{256} + file[at + 3];
                ByteVector segment(file.begin() + long(at), file.begin() + long(at + length));
                const std::uint8_t marker = segment[1];
                // Where the names are, and how far apart.
                const bool frame = marker >= 0xC0 && marker <= 0xC2;
                const std::size_t step = frame ? 3 : 2;
                const std::size_t first = frame ? 10 : 5;
                if (rgb_names && (frame || marker == 0xDA)) {
                    for (std::size_t i = 0; i < segment[first - 1]; ++i) {
                        std::uint8_t& id = segment[first + step * i];
                        REQUIRE((id >= 1 && id <= 3));
                        id = ByteVector{'R', 'G', 'B'}[id - 1U];
                    }
                }
                if (marker != 0xE0 && marker != 0xEE) append(picture, segment);
                at += length;
                if (marker != 0xDA) continue;
                for (; at + 1 < file.size() && (file[at] != 0xFF || file[at + 1] == 0); ++at) {
                    picture.push_back(file[at]);
                }
            }
            append(picture, ByteVector{0xFF, 0xD9});
            return picture;
        };
        const auto ycbcr = decoded_bytes(file);
        const auto rgb = decoded_bytes(altered(false, false, 0));
        REQUIRE(rgb != ycbcr);
        for (const bool names : {false, true}) {
            for (const bool jfif : {false, true}) {
                for (const int transform : {-1, 0, 1, 2}) {
                    INFO(name << ", names " << names << ", JFIF " << jfif << ", " << transform);
                    const bool is_rgb = !jfif && (transform == 0 || (names && transform < 0));
                    CHECK(
                        (decoded_bytes(altered(names, jfif, transform)) == (is_rgb ? rgb : ycbcr)));
                }
            }
        }
    }
}

TEST_CASE("JPEG flavours that aren't decoded are named", "[decode]") {
    const auto cmyk = decode(read_data("cmyk.jpg"));
    REQUIRE_FALSE(cmyk);
    CHECK(cmyk.error().code == ErrorCode::unsupported_format);
    CHECK(cmyk.error().message.find("CMYK JPEG is not decoded here: save it as a PNG or as an "
                                    "ordinary JPEG (RGB or grey, 8 bits a channel)") == 0);

    const auto with_frame = [](std::uint8_t marker, std::uint8_t precision) {
        return ByteVector{0xFF, 0xD8, 0xFF, marker, 0, 11, precision, 0, 1, 0, 1, 1, 1, 0x11, 0};
    };
    CHECK(decode_error(with_frame(0xC9, 8)) == ErrorCode::unsupported_format);
    CHECK(decode_error(with_frame(0xC3, 8)) == ErrorCode::unsupported_format);
    CHECK(decode_error(with_frame(0xC1, 12)) == ErrorCode::unsupported_format);
}

TEST_CASE("other formats are recognised by their magic bytes", "[decode]") {
    using namespace std::string_literals;
    const std::pair<std::string, ImageFormat> samples[] = {
        {"RIFF\x10\0\0\0WEBPVP8 "s, ImageFormat::webp},
        {"\0\0\0\x1C"
         "ftypmif1\0\0\0\0mif1avif"s,
         ImageFormat::avif},
        {"\0\0\0\x18"
         "ftypheic\0\0\0\0"s,
         ImageFormat::heic},
        {"II*\0\x08\0\0\0"s, ImageFormat::tiff},
        {"MM\0*\0\0\0\x08"s, ImageFormat::tiff},
        {"\xFF\x0A\xFA\x7F"s, ImageFormat::jpeg_xl},
        {"\0\0\0\x0CJXL \r\n\x87\n"s, ImageFormat::jpeg_xl},
        {"\xEF\xBB\xBF <?xml version=\"1.0\"?>\n<svg/>"s, ImageFormat::svg},
    };
    for (const auto& [text, format] : samples) {
        const ByteVector file(text.begin(), text.end());
        CHECK(sniff_format(file) == format);
        const auto image = decode(file);
        REQUIRE_FALSE(image);
        CHECK(image.error().code == ErrorCode::unsupported_format);
        CHECK(image.error().message.find(std::string(to_string(format))) == 0);
    }
    for (const auto& text : {"hello"s,
                             "\0\0\0\x14"
                             "ftypisom"s,
                             "<html>"s, "B"s}) {
        const ByteVector file(text.begin(), text.end());
        CHECK(sniff_format(file) == ImageFormat::unknown);
        CHECK(decode_error(file) == ErrorCode::unsupported_format);
    }
}

TEST_CASE("limits are checked against the header", "[decode]") {
    const auto file = encode_png({40, 30}, ByteVector(40 * 30 * 3), 3);
    DecodeOptions options;
    options.max_pixels = 1200;
    options.max_file_bytes = file.size();
    CHECK(decode(file, options));
    options.max_pixels = 1199;
    CHECK(decode_error(file, options) == ErrorCode::image_too_large);
    options.max_pixels = 1200;
    options.max_file_bytes = file.size() - 1;
    CHECK(decode_error(file, options) == ErrorCode::image_too_large);

    options.max_file_bytes = file.size();
    options.max_side = 40;
    CHECK(decode(file, options));
    options.max_side = 39;
    const auto long_side = decode(file, options);
    REQUIRE_FALSE(long_side);
    CHECK(long_side.error().code == ErrorCode::image_too_large);
    CHECK(long_side.error().message.find("limit is 39 a side") != std::string::npos);

    // A header alone: nothing else of such a picture is looked at.
    const auto huge = encode_png({60'000, 60'000}, ByteVector{}, 1);
    CHECK(decode_error(huge) == ErrorCode::image_too_large);
    options.max_pixels = std::uint64_t{1} << 40U;
    options.max_side = 60'000;
    CHECK(decode_error(huge, options) == ErrorCode::image_too_large);
}

TEST_CASE("limits hold for formats that another decoder may read", "[decode]") {
    using namespace std::string_literals;
    // 16,384 × 16,384 pixels each: WebP's three kinds of first chunk, and an AVIF file's extents.
    const auto webp = [](const std::string& chunk) { return "RIFF\0\0\0\0WEBP"s + chunk; };
    const std::string extents =
        "ispe\0\0\0\0\0\0\0\x10\0\0\0\x10"
        "ispe\0\0\0\0\0\0@\0\0\0@\0"
        "ispe\0\0\0\0\0\0\0\x10\0\0\0\x10"s;
    for (const auto& text :
         {webp("VP8 \0\0\0\0\0\0\0\x9D\x01\x2A\xFF\x3F\xFF\x3F"s),
          webp("VP8L\0\0\0\0\x2F\xFF\xFF\xFF\x0F"s),
          webp("VP8X\0\0\0\0\0\0\0\0\xFF\x3F\0\xFF\x3F\0"s), "\0\0\0 ftypavif"s + extents}) {
        const ByteVector file(text.begin(), text.end());
        INFO(text.substr(8, 8));
        CHECK(decode_error(file) == ErrorCode::image_too_large);
        DecodeOptions options;
        options.max_pixels = 1U << 28U;
        CHECK(decode_error(file, options) == ErrorCode::unsupported_format);
        for (std::size_t length = 12; length < file.size(); ++length) {
            CHECK(decode_error(ByteSpan(file).first(length), options) ==
                  ErrorCode::unsupported_format);
        }
    }
}

namespace {

/// What of a JPEG XL file its size takes (ISO/IEC 18181-1, annex D): numbers of some bits each.
ByteVector jxl_codestream(const std::vector<std::pair<std::uint32_t, unsigned>>& numbers) {
    ByteVector file{0xFF, 0x0A};
    std::size_t at = 0;
    for (const auto& [number, bits] : numbers) {
        for (unsigned i = 0; i < bits; ++i, ++at) {
            if (at % 8 == 0) file.push_back(0);
            file.back() |= static_cast<std::uint8_t>((number >> i & 1U) << at % 8);
        }
    }
    // The metadata that follow.
    file.insert(file.end(), 2, 0);
    return file;
}

ByteVector boxed(std::string_view type, const ByteVector& content) {
    ByteVector box;
    append_big_endian(box, static_cast<std::uint32_t>(8 + content.size()), 4);
    append(box, type);
    append(box, content);
    return box;
}

}  // namespace

TEST_CASE("limits hold for JPEG XL", "[decode]") {
    struct Sample {
        std::string what;
        ByteVector codestream;
        int width;
        int height;
    };
    const Sample samples[] = {
        {"eights", jxl_codestream({{1, 1}, {30, 5}, {0, 3}, {19, 5}}), 160, 248},
        {"a square of eights", jxl_codestream({{1, 1}, {24, 5}, {1, 3}}), 200, 200},
        {"9 and 13 bits", jxl_codestream({{0, 1}, {0, 2}, {99, 9}, {0, 3}, {1, 2}, {599, 13}}), 600,
         100},
        {"18 and 30 bits",
         jxl_codestream({{0, 1}, {2, 2}, {1199, 18}, {0, 3}, {3, 2}, {64999, 30}}), 65000, 1200},
        {"6 to 5", jxl_codestream({{0, 1}, {1, 2}, {1000, 13}, {2, 3}}), 1201, 1001},
        {"16 to 9", jxl_codestream({{0, 1}, {1, 2}, {1079, 13}, {5, 3}}), 1920, 1080},
        {"2 to 1", jxl_codestream({{0, 1}, {3, 2}, {19999, 30}, {7, 3}}), 40000, 20000},
    };
    const ByteVector signature = [] {
        auto box = boxed("JXL ", {0x0D, 0x0A, 0x87, 0x0A});
        append(box, boxed("ftyp", ByteVector(12)));
        return box;
    }();
    for (const auto& [what, codestream, width, height] : samples) {
        INFO(what);
        auto whole = signature;
        append(whole, boxed("jxlc", codestream));
        auto to_the_end = whole;
        const auto box = static_cast<std::ptrdiff_t>(signature.size());
        std::fill_n(to_the_end.begin() + box, 4, std::uint8_t{0});
        auto long_length = signature;
        append(long_length, ByteVector{0, 0, 0, 1, 'j', 'x', 'l', 'c', 0, 0, 0, 0, 0, 0, 0});
        long_length.push_back(static_cast<std::uint8_t>(16 + codestream.size()));
        append(long_length, codestream);
        auto parts = signature;
        for (std::size_t i = 0; i < codestream.size(); ++i) {
            const auto counter = static_cast<std::uint8_t>(i);
            append(parts, boxed("Exif", ByteVector(5)));
            append(parts, boxed("jxlp", {0, 0, 0, counter, codestream[i]}));
        }
        for (const auto& file : {codestream, whole, to_the_end, long_length, parts}) {
            DecodeOptions options;
            options.max_pixels = 1U << 30U;
            options.max_side = std::max(width, height);
            // Of 800 million pixels too many, and else not decoded here.
            const bool most = std::uint64_t(width) * std::uint64_t(height) > 1U << 28U;
            CHECK(decode_error(file, options) ==
                  (most ? ErrorCode::image_too_large : ErrorCode::unsupported_format));
            options.max_side -= 1;
            const auto image = decode(file, options);
            REQUIRE_FALSE(image);
            const auto size = std::to_string(width) + " × " + std::to_string(height);
            CHECK(image.error().message.find(size) != std::string::npos);
            for (std::size_t length = 2; length + 2 < codestream.size(); ++length) {
                CHECK(decode_error(ByteSpan(codestream).first(length), options) ==
                      ErrorCode::unsupported_format);
            }
        }
    }
    // A box that can't have its own head, and one that is nothing but that.
    for (const std::uint8_t length : {std::uint8_t{7}, std::uint8_t{8}}) {
        auto file = signature;
        append(file, ByteVector{0, 0, 0, length, 'j', 'x', 'l', 'c'});
        CHECK(decode_error(file) == ErrorCode::unsupported_format);
    }
}

TEST_CASE("a JPEG's Huffman tables can't write behind the decoder's", "[decode]") {
    // Found by fuzzing: a table of 4,080 codes, for which stb_image 2.27 has room for 256. In front
    // of the picture, between scans, and hidden in a segment that claims to be shorter.
    const auto jpeg = read_data("progressive.jpg");
    ByteVector table{0xFF, 0xC4, 0x10, 0x03, 0x00};
    table.insert(table.end(), 16, 255);
    table.resize(2 + 0x1003, 1);
    auto hidden = table;
    hidden[2] = 0;
    hidden[3] = 5;
    // And one of 256 codes, whose last one stb_image takes for no code at all.
    ByteVector full{0xFF, 0xC4, 0x01, 0x13, 0x10, 0, 0, 0, 0, 0, 0, 0, 1, 255, 0, 0, 0, 0, 0, 0, 0};
    full.resize(2 + 0x113, 1);
    for (const auto& segment : {table, hidden, full}) {
        const auto last_scan = std::ptrdiff_t(jpeg.size()) - 2;
        for (const std::ptrdiff_t place : {std::ptrdiff_t{2}, last_scan}) {
            auto file = jpeg;
            file.insert(file.begin() + place, segment.begin(), segment.end());
            CHECK(decode_error(file) == ErrorCode::corrupt_image);
        }
    }
}

TEST_CASE("a JPEG's markers count wherever they lie", "[decode]") {
    // They are looked for sixteen bytes at a time.
    constexpr std::size_t most_bytes = 40;
    const auto jpeg = read_data("progressive.jpg");
    const auto expected = decoded_bytes(jpeg);
    const ByteVector unsound{0xFF, 0xC4, 0xFF, 0xFF, 0x00};
    for (std::size_t length = 0; length <= most_bytes; ++length) {
        INFO(length << " bytes");
        ByteVector comment{0xFF, 0xFE, 0, static_cast<std::uint8_t>(2 + length)};
        comment.resize(comment.size() + length, 'x');
        auto file = jpeg;
        file.insert(file.begin() + 2, comment.begin(), comment.end());
        const auto end = std::ptrdiff_t(file.size()) - 2;
        auto broken = file;
        broken.insert(broken.begin() + end, unsound.begin(), unsound.end());
        CHECK(decode_error(broken) == ErrorCode::corrupt_image);
        append(file, unsound);
        CHECK(decoded_bytes(file) == expected);
    }
}

TEST_CASE("what comes behind a JPEG's picture counts for nothing", "[decode]") {
    // A film, say, whose bytes look like tables that aren't sound, and like many scans.
    ByteVector film;
    append(film, std::string_view("\0\0\0\x18"
                                  "ftypmp42",
                                  12));
    append(film, ByteVector{0xFF, 0xC4, 0xFF, 0xFF, 0x00});
    film.insert(film.end(), 4000, 255);
    for (int i = 0; i < 200; ++i) append(film, ByteVector{0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0});
    for (const char* name : {"baseline.jpg", "progressive.jpg", "subsampled.jpg", "grey.jpg"}) {
        INFO(name);
        const auto picture = read_data(name);
        const auto expected = decoded_bytes(picture);
        auto with_film = picture;
        append(with_film, film);
        CHECK(decoded_bytes(with_film) == expected);
        // Another picture, as in files of several.
        auto with_other = picture;
        append(with_other, read_data("grey.jpg"));
        append(with_other, film);
        CHECK(decoded_bytes(with_other) == expected);

        // The end of a thumbnail inside a segment isn't the picture's.
        ByteVector thumbnail{0xFF, 0xD8, 0xFF, 0xE2, 0, 0};
        append(thumbnail, read_data("grey.jpg"));
        thumbnail[4] = static_cast<std::uint8_t>((thumbnail.size() - 4) >> 8U);
        thumbnail[5] = static_cast<std::uint8_t>(thumbnail.size() - 4);
        append(thumbnail, ByteSpan(picture).subspan(2));
        append(thumbnail, film);
        CHECK(decoded_bytes(thumbnail) == expected);

        // Without its end, the film is all there is to end the picture.
        ByteVector endless(picture.begin(), picture.end() - 2);
        append(endless, film);
        CHECK(decode_error(endless) == ErrorCode::corrupt_image);
    }
}

TEST_CASE("a JPEG without tables and without scans shows nothing of other memory", "[decode]") {
    // Found by fuzzing: codes of a table that was never defined. All of it is one colour now.
    const auto whole = read_data("grey.jpg");
    ByteVector file(whole.begin(), whole.begin() + 2);
    for (std::size_t at = 2; at + 4 < whole.size();) {
        const std::size_t length = 2 + (whole[at + 2] * std::size_t{256} + whole[at + 3]);
        if (whole[at + 1] == 0xDA) {
            file.insert(file.end(), whole.begin() + static_cast<std::ptrdiff_t>(at), whole.end());
            break;
        }
        if (whole[at + 1] != 0xC4) append(file, ByteSpan(whole).subspan(at, length));
        at += length;
    }
    REQUIRE(file.size() < whole.size());
    const auto image = decode(file);
    if (image) {
        const auto pixels = image.value().pixels();
        CHECK(std::all_of(pixels.begin(), pixels.end(),
                          [&](std::uint8_t value) { return value == pixels[0]; }));
    }
    // A frame header, and no scan at all.
    const ByteVector empty{0xFF, 0xD8, 0xFF, 0xC0, 0,    11, 8,    0,   16,
                           0,    16,   1,    1,    0x11, 0,  0xFF, 0xD9};
    const auto blank = decode(empty);
    if (blank) {
        const auto pixels = blank.value().pixels();
        CHECK(std::all_of(pixels.begin(), pixels.end(),
                          [&](std::uint8_t value) { return value == pixels[0]; }));
    }
}

TEST_CASE("a JPEG may not pass over its picture for ever", "[decode]") {
    // Each of these short scans would make the decoder visit every block of the picture.
    auto file = read_data("progressive.jpg");
    file.erase(file.end() - 2, file.end());
    for (int i = 0; i < 100; ++i) {
        append(file, ByteVector{0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0});
    }
    const auto image = decode(file);
    REQUIRE_FALSE(image);
    CHECK(image.error().code == ErrorCode::image_too_large);
    CHECK(image.error().message.find("the limit is 100") != std::string::npos);
}

TEST_CASE("PNG data can't take more memory than the picture stands for", "[decode]") {
    // Found by fuzzing: a chunk of a few bytes that claims two gigabytes.
    auto claim = encode_png({5, 3}, random_bytes(5 * 3 * 3, 7), 3);
    constexpr std::size_t second_chunk = 8 + 25;
    REQUIRE(claim.at(second_chunk + 4) == 'I');
    claim[second_chunk] = 0x7F;
    CHECK(decode_error(claim) == ErrorCode::corrupt_image);

    // 26 MB of rows out of 165 kB, for a picture of one pixel: a block of fixed codes (RFC 1951,
    // section 3.2.6) in which one zero is followed by copies of it, 258 at a time.
    ByteVector stream{0x78, 0x01};
    unsigned bits = 0;
    int count = 0;
    const auto put = [&](unsigned code, int length) {
        for (int i = length - 1; i >= 0; --i) {
            bits |= (code >> i & 1U) << count;
            if (++count < 8) continue;
            stream.push_back(static_cast<std::uint8_t>(bits));
            bits = 0;
            count = 0;
        }
    };
    put(0b110, 3);       // The last block, of fixed codes (01, its lower bit first).
    put(0b00110000, 8);  // The byte 0.
    for (int i = 0; i < 100'000; ++i) put(0b11000101'00000, 13);
    put(0, 7 + 8);  // The end, and zeros up to the next byte.
    const auto bomb = decode(encode_png({1, 1, 8, 2, false, {{"IDAT", stream}}}, ByteVector{}));
    REQUIRE_FALSE(bomb);
    CHECK(bomb.error().code == ErrorCode::corrupt_image);
    CHECK(bomb.error().message.find("longer than the image") != std::string::npos);
}

TEST_CASE("an empty chunk in front of a PNG's data copies nothing", "[decode]") {
    CHECK(decode_error(encode_png({5, 3, 8, 2, false, {{"IDAT", {}}, {"IEND", {}}}},
                                  random_bytes(5 * 3 * 3, 8), 3)) == ErrorCode::corrupt_image);
}

TEST_CASE("damaged files are errors at every length", "[decode]") {
    CHECK(decode_error({}) == ErrorCode::corrupt_image);
    const auto png = encode_png({9, 7}, random_bytes(9 * 7 * 3, 6), 3);
    for (std::size_t length = 8; length < png.size() - 20; ++length) {
        CHECK(decode_error(ByteSpan(png).first(length)) == ErrorCode::corrupt_image);
    }
    const auto jpeg = read_data("progressive.jpg");
    for (std::size_t length = 0; length < jpeg.size(); ++length) {
        // A JPEG that ends in its picture data is a picture.
        const auto image = decode(ByteSpan(jpeg).first(length));
        if (image) CHECK(image.value().size() == Size{45, 31});
    }
}

TEST_CASE("frames are counted", "[decode]") {
    const auto pixels = random_bytes(7 * 5 * 3, 1);
    CHECK(count_frames({}) == 1);
    CHECK(count_frames(read_data("baseline.jpg")) == 1);
    CHECK(count_frames(encode_png({7, 5}, pixels, 3)) == 1);
    const ByteVector control{0, 0, 0, 9, 0, 0, 0, 0};
    CHECK(count_frames(encode_png({7, 5, 8, 2, false, {{"acTL", control}}}, pixels, 3)) == 9);

    const ByteVector palette(128 * 3, 7);
    const ByteVector indices{0, 1, 1, 0};
    const std::vector<GifFrame> frames(5, GifFrame{indices});
    CHECK(count_frames(encode_gif(2, 2, palette, std::span(frames).first(1))) == 1);
    const ByteVector animated = encode_gif(2, 2, palette, frames);
    CHECK(count_frames(animated) == 5);

    ByteVector webp;
    append(webp, "RIFF....WEBP");
    for (const char* name : {"VP8X", "ANIM", "ANMF", "ANMF", "ANMF"}) {
        append(webp, name);
        append_little_endian(webp, 3, 4);
        append(webp, ByteVector(4));
    }
    CHECK(count_frames(webp) == 3);

    // Wherever a file ends, counting ends.
    for (const auto& file : {animated, webp}) {
        for (std::size_t length = 0; length < file.size(); ++length) {
            const int counted = count_frames(ByteSpan(file).first(length));
            CHECK(counted >= 1);
            CHECK(counted <= 5);
        }
    }
}
