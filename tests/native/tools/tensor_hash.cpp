// Prints the hash of the input tensor of each image file, a line each: FNV-1a as in tests/data.
// usage: tensor_hash whole SIDE STRIDE FILES…, tensor_hash centre SIDE RESIZE FILES… (pixels)
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "likeness/decode.hpp"
#include "likeness/preprocess.hpp"
#include "support/fnv.hpp"

int main(int argument_count, char** arguments) {
    using namespace likeness;
    if (argument_count < 4) return 1;
    PreprocessSpec spec{.side = std::atoi(arguments[2])};
    const int last = std::atoi(arguments[3]);
    if (std::string_view(arguments[1]) == "centre") {
        spec.view = View::centre;
        spec.resize = last;
    } else {
        spec.stride = last;
    }
    for (int i = 4; i < argument_count; ++i) {
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
