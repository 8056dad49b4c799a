#include <utility>

#include "likeness/decode.hpp"
#include "likeness/orientation.hpp"
#include "support/catch.hpp"
#include "support/encode.hpp"
#include "support/files.hpp"
#include "support/random.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr Size upright{67, 41};

/// Where the upright picture's (x, y) is stored, by the tag's definition: the orientation tells
/// what row 0 and column 0 of the stored picture are in the upright one.
std::pair<int, int> stored_position(int x, int y, Orientation orientation) {
    const int right = upright.width - 1 - x;
    const int bottom = upright.height - 1 - y;
    switch (orientation) {
        case Orientation::top_left:
            return {x, y};
        case Orientation::top_right:
            return {right, y};
        case Orientation::bottom_right:
            return {right, bottom};
        case Orientation::bottom_left:
            return {x, bottom};
        case Orientation::left_top:
            return {y, x};
        case Orientation::right_top:
            return {y, right};
        case Orientation::right_bottom:
            return {bottom, right};
        case Orientation::left_bottom:
            return {bottom, x};
    }
    return {};
}

Size stored_size(Orientation orientation) {
    return swaps_axes(orientation) ? Size{upright.height, upright.width} : upright;
}

ByteVector store(const ByteVector& pixels, Orientation orientation) {
    ByteVector stored(pixels.size());
    const int stored_width = stored_size(orientation).width;
    for (int y = 0; y < upright.height; ++y) {
        for (int x = 0; x < upright.width; ++x) {
            const auto [column, row] = stored_position(x, y, orientation);
            std::copy_n(pixels.begin() + 3 * (y * upright.width + x), 3,
                        stored.begin() + 3 * (row * stored_width + column));
        }
    }
    return stored;
}

}  // namespace

TEST_CASE("each orientation is restored bit for bit", "[orientation]") {
    const auto pixels = random_bytes(std::size_t{3} * upright.width * upright.height, 1);
    for (std::uint32_t value = 1; value <= 8; ++value) {
        for (const bool big_endian : {false, true}) {
            INFO("orientation " << value << (big_endian ? ", big endian" : ", little endian"));
            const auto orientation = static_cast<Orientation>(value);
            const Size size = stored_size(orientation);
            const auto file = encode_png({static_cast<std::uint32_t>(size.width),
                                          static_cast<std::uint32_t>(size.height),
                                          8,
                                          2,
                                          false,
                                          {{"eXIf", encode_exif(value, big_endian)}}},
                                         store(pixels, orientation), 3);
            const auto info = read_info(file);
            REQUIRE(info);
            CHECK(info.value().orientation == orientation);
            CHECK(info.value().size == size);
            const auto image = decode(file);
            REQUIRE(image);
            CHECK(image.value().size() == upright);
            const auto restored = image.value().pixels();
            CHECK(std::equal(restored.begin(), restored.end(), pixels.begin(), pixels.end()));
        }
    }
}

TEST_CASE("a JPEG's orientation is read and applied", "[orientation]") {
    const auto jpeg = read_data("baseline.jpg");
    const auto plain = decode(jpeg);
    REQUIRE(plain);
    for (std::uint32_t value = 1; value <= 8; ++value) {
        const auto orientation = static_cast<Orientation>(value);
        const auto file = with_jpeg_exif(jpeg, encode_exif(value, value % 2 == 0));
        CHECK(read_exif_orientation(file) == orientation);
        const auto image = decode(file);
        REQUIRE(image);
        const Size size = plain.value().size();
        CHECK(image.value().size() ==
              (swaps_axes(orientation) ? Size{size.height, size.width} : size));
    }
}

TEST_CASE("an unusual orientation is read as browsers read it", "[orientation]") {
    // Each answer is that of Chromium 156.
    const auto jpeg = read_data("baseline.jpg");
    const auto orientation_of = [&](ByteSpan tiff) {
        return read_exif_orientation(with_jpeg_exif(jpeg, tiff));
    };
    // The entry, and in front of it another one, made an orientation, too.
    const auto two = [](std::uint32_t first, std::uint32_t count, std::uint32_t second) {
        auto tiff = encode_exif(second, true);
        tiff[11] = 0x12;
        tiff[17] = static_cast<std::uint8_t>(count);
        tiff[19] = static_cast<std::uint8_t>(first);
        tiff[10] = 0x01;
        return tiff;
    };
    REQUIRE(orientation_of(two(6, 1, 3)) == Orientation::right_top);
    CHECK(orientation_of(two(6, 2, 3)) == Orientation::bottom_right);
    CHECK(orientation_of(two(6, 0, 3)) == Orientation::bottom_right);
    CHECK(orientation_of(two(9, 1, 6)) == Orientation::right_top);

    for (const std::uint8_t count : ByteVector{0, 2, 3}) {
        for (const bool big_endian : {false, true}) {
            auto tiff = encode_exif(6, big_endian);
            tiff[big_endian ? 29 : 26] = count;
            CHECK(orientation_of(tiff) == Orientation::top_left);
            const ByteVector pixels{1, 2, 3, 4, 5, 6};
            CHECK(read_exif_orientation(encode_png({2, 1, 8, 2, false, {{"eXIf", tiff}}}, pixels,
                                                   3)) == Orientation::top_left);
        }
    }
    // "Exif", a zero, and any byte; the segment begins behind the file's first two bytes.
    for (const std::uint8_t byte : ByteVector{0, 1, 255}) {
        auto file = with_jpeg_exif(jpeg, encode_exif(6, true));
        file[2 + 4 + 5] = byte;
        CHECK(read_exif_orientation(file) == Orientation::right_top);
        file[2 + 4 + 4] = 1;
        CHECK(read_exif_orientation(file) == Orientation::top_left);
    }
}

TEST_CASE("a PNG's orientation counts in front of its picture data only", "[orientation]") {
    const ByteVector pixels{1, 2, 3, 4, 5, 6};
    const PngChunk data{"IDAT", zlib_store(unfiltered(pixels, 6))};
    const PngChunk six{"eXIf", encode_exif(6, true)};
    const PngChunk three{"eXIf", encode_exif(3, true)};
    const PngChunk damaged{"eXIf", encode_exif(3, true), false};
    const auto orientation_of = [](std::vector<PngChunk> chunks) {
        return read_exif_orientation(encode_png({2, 1, 8, 2, false, std::move(chunks)}));
    };
    CHECK(orientation_of({six, data}) == Orientation::right_top);
    CHECK(orientation_of({six, three, data}) == Orientation::right_top);
    CHECK(orientation_of({damaged, six, data}) == Orientation::right_top);
    CHECK(orientation_of({damaged, data}) == Orientation::top_left);
    CHECK(orientation_of({data, six}) == Orientation::top_left);
    CHECK(orientation_of({{"IDAT", {}}, six, data}) == Orientation::top_left);
    const auto behind = decode(encode_png({2, 1, 8, 2, false, {data, six}}));
    REQUIRE(behind);
    CHECK(behind.value().size() == Size{2, 1});
}

TEST_CASE("orientations have the numbers 1 to 8", "[orientation]") {
    CHECK(orientation_from(1) == Orientation::top_left);
    CHECK(orientation_from(8) == Orientation::left_bottom);
    for (const std::int64_t number : {-1LL, 0LL, 9LL, 257LL, 1LL << 32}) {
        CHECK_FALSE(orientation_from(number));
    }
}

TEST_CASE("illegal and absent orientations count as 1", "[orientation]") {
    const auto jpeg = read_data("baseline.jpg");
    CHECK(read_exif_orientation(jpeg) == Orientation::top_left);
    CHECK(read_exif_orientation({}) == Orientation::top_left);
    for (const std::uint32_t value : {0U, 9U, 255U, 65535U}) {
        CHECK(read_exif_orientation(with_jpeg_exif(jpeg, encode_exif(value, false))) ==
              Orientation::top_left);
    }
}

TEST_CASE("hostile EXIF data counts as none", "[orientation]") {
    const auto jpeg = read_data("baseline.jpg");
    const auto legal = encode_exif(6, false);
    const auto orientation_of = [&](const ByteVector& tiff) {
        return read_exif_orientation(with_jpeg_exif(jpeg, tiff));
    };
    REQUIRE(orientation_of(legal) == Orientation::right_top);

    // The directory's offset: onto itself, past the end, and where adding to it would overflow.
    for (const std::uint32_t offset : {0U, 4U, 1000U, 0x7FFFFFFFU, 0xFFFFFFFEU}) {
        ByteVector tiff(legal.begin(), legal.begin() + 4);
        append_little_endian(tiff, offset, 4);
        append(tiff, ByteSpan(legal).subspan(8));
        CHECK(orientation_of(tiff) == Orientation::top_left);
    }
    // More entries than there are bytes, none of them the orientation.
    ByteVector crowded = legal;
    crowded[8] = crowded[9] = 0xFF;
    crowded[22] = 0x13;
    CHECK(orientation_of(crowded) == Orientation::top_left);

    ByteVector wrong_type = legal;
    wrong_type[24] = 2;
    CHECK(orientation_of(wrong_type) == Orientation::top_left);
    ByteVector wrong_magic = legal;
    wrong_magic[2] = 43;
    CHECK(orientation_of(wrong_magic) == Orientation::top_left);

    // Cut anywhere before the value's end, the entry isn't there.
    for (std::size_t length = 0; length < 32; ++length) {
        CHECK(
            orientation_of(ByteVector(legal.begin(), legal.begin() + static_cast<long>(length))) ==
            Orientation::top_left);
    }
}

TEST_CASE("EXIF data is found in no damaged file", "[orientation]") {
    const auto file = with_jpeg_exif(read_data("baseline.jpg"), encode_exif(6, true));
    // Orientation 6 shows up as soon as the segment is complete, and never before.
    const std::size_t segment_end = 2 + 2 + 2 + 6 + encode_exif(6, true).size();
    for (std::size_t length = 0; length <= file.size(); ++length) {
        const auto expected = length < segment_end ? Orientation::top_left : Orientation::right_top;
        CHECK(read_exif_orientation(ByteSpan(file).first(length)) == expected);
    }
    const ByteVector endless{0xFF, 0xD8, 0xFF, 0xE1, 0, 0, 0xFF, 0xE1, 0, 0};
    CHECK(read_exif_orientation(endless) == Orientation::top_left);
}

TEST_CASE("a turned tensor is the tensor of the turned pixels", "[orientation]") {
    const auto planes = [](ByteSpan rgb) {
        std::vector<float> tensor;
        for (std::size_t channel = 0; channel < 3; ++channel) {
            for (std::size_t i = channel; i < rgb.size(); i += 3) tensor.push_back(rgb[i]);
        }
        return tensor;
    };
    for (const Size size : {Size{5, 5}, Size{7, 3}, Size{1, 4}}) {
        const auto pixels = random_bytes(std::size_t{3} * static_cast<std::size_t>(size.width) *
                                             static_cast<std::size_t>(size.height),
                                         2);
        for (std::uint8_t value = 1; value <= 8; ++value) {
            const auto orientation = static_cast<Orientation>(value);
            auto image = Image::create(size);
            REQUIRE(image);
            std::copy(pixels.begin(), pixels.end(), image.value().pixels().begin());
            const auto turned = orient(std::move(image).value(), orientation);
            REQUIRE(turned);
            CHECK(turned.value().size() == oriented(size, orientation));
            const auto tensor = orient_tensor(planes(pixels), size, orientation);
            REQUIRE(tensor);
            CHECK(tensor.value() == planes(turned.value().pixels()));
        }
    }
    const std::vector<float> tensor(75);
    for (const Size wrong : {Size{-1, -1}, Size{0, 5}, Size{5, 0}, Size{4, 5}, Size{5, 6}}) {
        CHECK(orient_tensor(tensor, wrong, Orientation::top_left).error().code ==
              ErrorCode::invalid_argument);
    }
    CHECK(orient_tensor({}, {0, 0}, Orientation::top_left).error().code ==
          ErrorCode::invalid_argument);
}
