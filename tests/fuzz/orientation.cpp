/// @file
/// EXIF data in JPEG and PNG files, and turning pictures upright by it.
#include "likeness/orientation.hpp"

#include <algorithm>
#include <array>

#include "support.hpp"
#include "support/encode.hpp"

using namespace likeness;
using namespace likeness::test;
using fuzz::require;

namespace {

constexpr std::size_t longest_segment = 65535 - 8;

bool is_legal(Orientation orientation) {
    return orientation >= Orientation::top_left && orientation <= Orientation::left_bottom;
}

/// What turns an upright picture into one that is stored with `orientation`.
Orientation inverse(Orientation orientation) {
    if (orientation == Orientation::right_top) return Orientation::left_bottom;
    if (orientation == Orientation::left_bottom) return Orientation::right_top;
    return orientation;
}

/// The same TIFF structure says the same in both kinds of file.
void check_carriers(ByteSpan tiff) {
    const ByteVector jpeg{0xFF, 0xD8, 0xFF, 0xD9};
    const ByteVector chunk(tiff.begin(), tiff.end());
    const auto in_jpeg = read_exif_orientation(with_jpeg_exif(jpeg, tiff));
    const auto in_png =
        read_exif_orientation(encode_png({1, 1, 8, 2, false, {{"eXIf", chunk}}}, ByteVector(3), 3));
    require(in_jpeg == in_png, "JPEG and PNG files carry the same orientation");
}

void check_turning(fuzz::Input& input) {
    const auto orientation = static_cast<Orientation>(input.between(1, 8));
    const Size size{input.between(1, 40), input.between(1, 40)};
    const auto bytes = input.pattern(std::size_t{3} * static_cast<std::size_t>(size.width) *
                                     static_cast<std::size_t>(size.height));
    auto image = Image::create(size).value();
    std::ranges::copy(bytes, image.pixels().begin());
    auto turned = orient(std::move(image), orientation).value();
    const Size expected = swaps_axes(orientation) ? Size{size.height, size.width} : size;
    require(turned.size() == expected, "orientations from 5 on swap width and height");
    const auto back = orient(std::move(turned), inverse(orientation)).value();
    require(back.size() == size && std::ranges::equal(back.pixels(), bytes),
            "turned back, a picture is what it was");
}

void check_tensor(fuzz::Input& input) {
    const auto orientation = static_cast<Orientation>(input.between(1, 8));
    const Size size{input.between(-1, 12), input.between(-1, 12)};
    const std::size_t expected = std::size_t{3} *
                                 static_cast<std::size_t>(std::max(size.width, 0)) *
                                 static_cast<std::size_t>(std::max(size.height, 0));
    const std::size_t values = expected + (input.byte() == 7 ? 1 : 0);
    std::vector<float> tensor;
    for (const auto value : input.pattern(values)) tensor.push_back(value);
    const auto turned = orient_tensor(tensor, size, orientation);
    if (size.width < 1 || size.height < 1 || values != expected) {
        require(!turned, "a tensor of another length is refused");
        return;
    }
    const auto back =
        orient_tensor(turned.value(), oriented(size, orientation), inverse(orientation));
    require(back.value() == tensor, "turned back, a tensor is what it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    require(is_legal(read_exif_orientation({data, size})), "an orientation is 1 to 8");
    check_carriers(ByteSpan(data, std::min(size, longest_segment)));
    fuzz::Input input(data, size);
    check_turning(input);
    check_tensor(input);
    return 0;
}
