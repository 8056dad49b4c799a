// Preprocesses pictures from standard input for pillow_test.py. A request is the view (0 whole,
// 1 centre), width, height and the number of rows a band (four little-endian uint32), then RGB
// pixels; the answer is what a network of 224 pixels and stride 32 sees, RGB. Ends with its input.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

#include "likeness/preprocess.hpp"

namespace {

using namespace likeness;

bool read_exactly(std::span<std::uint8_t> bytes) {
    return std::fread(bytes.data(), 1, bytes.size(), stdin) == bytes.size();
}

Result<Image> seen(const ImageView& image, View view, int band_rows) {
    auto preprocessor =
        Preprocessor::create(image.size(), image.channels(), {.view = view}, {255, 255, 255});
    if (!preprocessor) return preprocessor.error();
    const Region region = preprocessor.value().region();
    for (int y = 0; y < region.height; y += band_rows) {
        const int rows = std::min(band_rows, region.height - y);
        const Region band{region.x, region.y + y, region.width, rows};
        const auto status = preprocessor.value().push_rows(image.bytes(band), image.stride(), rows);
        if (!status) return status.error();
    }
    return preprocessor.value().pixels();
}

std::uint32_t read_little_endian(std::span<const std::uint8_t, 4> bytes) {
    return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8U |
           static_cast<std::uint32_t>(bytes[2]) << 16U |
           static_cast<std::uint32_t>(bytes[3]) << 24U;
}

}  // namespace

int main() {
    std::array<std::uint8_t, 16> header{};
    while (read_exactly(header)) {
        const std::span<const std::uint8_t, 16> fields(header);
        const View wanted =
            read_little_endian(fields.subspan<0, 4>()) == 0 ? View::whole : View::centre;
        const Size size{static_cast<int>(read_little_endian(fields.subspan<4, 4>())),
                        static_cast<int>(read_little_endian(fields.subspan<8, 4>()))};
        const int band_rows = static_cast<int>(read_little_endian(fields.subspan<12, 4>()));

        const std::size_t stride = static_cast<std::size_t>(size.width) * 3;
        std::vector<std::uint8_t> pixels(stride * static_cast<std::size_t>(size.height));
        if (!read_exactly(pixels)) return 1;
        const auto view = ImageView::create(pixels, size, 3, stride);
        if (!view) return 1;
        const auto image = seen(view.value(), wanted, band_rows);
        if (!image) return 1;
        const auto bytes = image.value().pixels();
        std::fwrite(bytes.data(), 1, bytes.size(), stdout);
        std::fflush(stdout);
    }
    return 0;
}
