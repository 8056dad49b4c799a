// Prints the hash of the input tensor of each image file, a line each: FNV-1a as in tests/data.
// usage: tensor_hash RESIZE CROP FILES… (short side and crop in pixels)
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "likeness/decode.hpp"
#include "likeness/preprocess.hpp"
#include "support/fnv.hpp"

int main(int argument_count, char** arguments) {
    using namespace likeness;
    if (argument_count < 3) return 1;
    const PreprocessSpec spec{.resize_short_side = std::atoi(arguments[1]),
                              .crop = std::atoi(arguments[2])};
    for (int i = 3; i < argument_count; ++i) {
        std::ifstream stream(arguments[i], std::ios::binary);
        const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(stream),
                                             std::istreambuf_iterator<char>()};
        const auto image = decode(file);
        if (!image) {
            std::fprintf(stderr, "%s: %s\n", arguments[i], image.error().message.c_str());
            return 1;
        }
        const auto tensor = preprocess(image.value().view(), spec, {255, 255, 255});
        if (!tensor) return 1;
        std::printf("%08x\n", test::fnv1a(tensor.value()));
    }
    return 0;
}
