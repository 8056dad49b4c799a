// For `npm run bench`: preprocesses RGBA pixels of a file once for each line on standard input, and
// prints as JSON how many milliseconds the tensor took, without the fingerprint and with it.
// usage: preprocess_turns FILE WIDTH HEIGHT
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "likeness/picture_reader.hpp"

namespace {

using namespace likeness;

constexpr int rgba = 4;
constexpr Rgb white{255, 255, 255};

// Milliseconds that a piece of work took; ends the program when it failed.
template <class Work>
double milliseconds_of(Work work) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = work();
    const std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - start;
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        std::exit(1);
    }
    return elapsed.count();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    std::ifstream stream(argv[1], std::ios::binary);
    const std::vector<std::uint8_t> pixels{std::istreambuf_iterator<char>(stream),
                                           std::istreambuf_iterator<char>()};
    const Size size{std::atoi(argv[2]), std::atoi(argv[3])};
    const auto view =
        ImageView::create(pixels, size, rgba, static_cast<std::size_t>(size.width) * rgba);
    if (!view) return 1;
    for (std::string line; std::getline(std::cin, line);) {
        const auto turn = [&](Wanted wanted) {
            return milliseconds_of(
                [&] { return read_picture(view.value(), PreprocessSpec{}, white, wanted); });
        };
        const double tensor = turn({});
        const double both = turn({.fingerprint = true});
        std::printf(
            "{\"native: 12 MP RGBA to tensor\": %.3f, "
            "\"native: 12 MP RGBA to tensor and fingerprint\": %.3f}\n",
            tensor, both);
        std::fflush(stdout);
    }
    return 0;
}
