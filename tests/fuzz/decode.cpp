/// @file
/// Any bytes as an image file: a picture of the size that the header names, or an error with a
/// message; never more memory than the limits stand for.
#include "likeness/decode.hpp"

#include <algorithm>

#include "likeness/fingerprint.hpp"
#include "likeness/preprocess.hpp"
#include "support.hpp"
#include "support/encode.hpp"

using namespace likeness;
using fuzz::require;

namespace {

constexpr DecodeOptions options{.max_pixels = 1U << 16U, .max_side = 1 << 13};
constexpr PreprocessSpec small_network{.side = 16, .stride = 4};

void check_error(const Error& error) {
    require(!error.message.empty(), "an error says what was wrong");
    require(error.code == ErrorCode::unsupported_format || error.code == ErrorCode::corrupt_image ||
                error.code == ErrorCode::image_too_large,
            "a file is unsupported, corrupt or too large");
}

/// @param composited the picture without alpha
void check_alpha(std::span<const std::uint8_t> file, const Image& composited) {
    DecodeOptions keep = options;
    keep.keep_alpha = true;
    const auto image = decode(file, keep);
    require(image.has_value() && image.value().size() == composited.size(),
            "alpha changes nothing about the size");
    require(image.value().channels() == 4 ||
                std::ranges::equal(image.value().pixels(), composited.pixels()),
            "without alpha the pixels are the same");
    const auto print = [](const Image& picture) {
        return fingerprint(picture.view(), options.background).value().full_luma;
    };
    require(print(image.value()) == print(composited),
            "alpha is composited alike, sooner or later");
}

/// Gives the chunks of a PNG right checksums: chance finds none, and what has a wrong one is
/// refused before it is decoded.
test::ByteVector with_right_checksums(std::span<const std::uint8_t> file) {
    constexpr std::size_t signature_bytes = 8;
    constexpr std::size_t frame_bytes = 12;  // Length, type and checksum around a chunk's data.
    test::ByteVector repaired(file.begin(), file.end());
    for (std::size_t at = signature_bytes; at + frame_bytes <= file.size();) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i) length = length << 8U | file[at + i];
        if (length > file.size() - at - frame_bytes) break;
        test::ByteVector checksum;
        test::append_big_endian(checksum, test::crc32(file.subspan(at + 4, 4 + length)), 4);
        at += frame_bytes + length;
        std::ranges::copy(checksum, repaired.begin() + static_cast<std::ptrdiff_t>(at) - 4);
    }
    return repaired;
}

void check_file(std::span<const std::uint8_t> file) {
    require(count_frames(file) >= 1, "a file has a frame");
    const auto info = read_info(file, options);
    const auto image = decode(file, options);
    if (!info) {
        check_error(info.error());
        require(!image, "what read_info refuses, decode refuses");
        return;
    }
    if (!image) {
        check_error(image.error());
        return;
    }
    const Size stored = info.value().size;
    const Size upright =
        swaps_axes(info.value().orientation) ? Size{stored.height, stored.width} : stored;
    require(image.value().size() == upright, "the picture has the size that its header names");

    const auto view = image.value().view();
    const auto tensor = preprocess(view, small_network, options.background);
    const auto seen = whole_size(upright, small_network.side, small_network.stride);
    require(seen.has_value(), "any picture has sides for the network");
    const auto plane = static_cast<std::size_t>(seen.value().width) *
                       static_cast<std::size_t>(seen.value().height);
    require(tensor.has_value() && tensor.value().size() == 3 * plane, "any picture is a tensor");
    require(fingerprint(view, options.background).has_value(), "any picture has a fingerprint");
    check_alpha(file, image.value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span file(data, size);
    check_file(file);
    if (sniff_format(file) == ImageFormat::png) check_file(with_right_checksums(file));
    return 0;
}
