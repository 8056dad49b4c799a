// Prints tests/data/golden.json; tests/data/README.md describes its fields.
// usage: golden TESTS_DATA_DIR
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "likeness/calibration.hpp"
#include "likeness/decode.hpp"
#include "likeness/embedding.hpp"
#include "likeness/preprocess.hpp"
#include "likeness/similarity.hpp"
#include "support/fnv.hpp"
#include "support/random.hpp"

namespace {

using namespace likeness;
using namespace likeness::test;

template <class T>
T require(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        std::exit(1);
    }
    return std::move(result).value();
}

unsigned long long bits(double value) {
    std::uint64_t result = 0;
    std::memcpy(&result, &value, sizeof result);
    return result;
}

const char* separator(bool last) { return last ? "\n" : ",\n"; }

void print_tensors() {
    struct Case {
        Size size;
        int channels;
        std::uint32_t seed;
    };
    constexpr Case cases[] = {{{300, 200}, 3, 1}, {{37, 611}, 3, 2}, {{640, 480}, 4, 3},
                              {{1, 1}, 3, 4},     {{2000, 3}, 4, 5}, {{256, 256}, 3, 6}};
    std::puts("  \"tensors\": [");
    for (const Case& item : cases) {
        const std::size_t stride =
            static_cast<std::size_t>(item.size.width) * static_cast<std::size_t>(item.channels);
        const auto pixels =
            random_bytes(stride * static_cast<std::size_t>(item.size.height), item.seed);
        const auto view = require(ImageView::create(pixels, item.size, item.channels, stride));
        const auto tensor = require(preprocess(view, {}, {255, 255, 255}));
        std::printf(
            "    {\"width\": %d, \"height\": %d, \"channels\": %d, \"seed\": %u, "
            "\"fnv1a\": \"%08x\"}%s",
            item.size.width, item.size.height, item.channels, item.seed, fnv1a(tensor),
            separator(&item + 1 == std::end(cases)));
    }
    std::puts("  ],");
}

void print_decoded(const std::filesystem::path& folder) {
    constexpr const char* names[] = {"baseline.jpg", "subsampled.jpg", "progressive.jpg",
                                     "grey.jpg", "baseline.png"};
    std::puts("  \"decoded\": [");
    for (const char* const& name : names) {
        std::ifstream stream(folder / name, std::ios::binary);
        const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(stream),
                                             std::istreambuf_iterator<char>()};
        const Image image = require(decode(file));
        std::printf("    {\"file\": \"%s\", \"width\": %d, \"height\": %d, \"fnv1a\": \"%08x\"}%s",
                    name, image.width(), image.height(), fnv1a(image.pixels()),
                    separator(&name + 1 == std::end(names)));
    }
    std::puts("  ],");
}

void print_pooled() {
    constexpr std::uint32_t seed = 7;
    const auto map = random_floats(1280 * 49, seed);
    const auto pooled = require(global_average_pool(map, 1280, 49));
    std::printf(
        "  \"pooled\": [\n    {\"channels\": 1280, \"cells\": 49, \"seed\": %u, "
        "\"fnv1a\": \"%08x\"}\n  ],\n",
        seed, fnv1a(pooled));
}

void print_cosines() {
    struct Case {
        std::size_t length;
        std::uint32_t seed_a, seed_b;
    };
    constexpr Case cases[] = {{1280, 8, 9}, {2048, 10, 11}, {5, 12, 13}, {1280, 8, 8}};
    std::puts("  \"cosines\": [");
    for (const Case& item : cases) {
        const double cosine = require(cosine_similarity(random_floats(item.length, item.seed_a),
                                                        random_floats(item.length, item.seed_b)));
        std::printf("    {\"length\": %zu, \"seedA\": %u, \"seedB\": %u, \"bits\": \"%016llx\"}%s",
                    item.length, item.seed_a, item.seed_b, bits(cosine),
                    separator(&item + 1 == std::end(cases)));
    }
    std::puts("  ],");
}

void print_scores() {
    const std::vector<double> knot_cosines{-1.0, 0.25, 0.5, 0.75, 0.9375, 1.0};
    const std::vector<double> knot_scores{0.0, 3.5, 21.0, 70.0, 96.25, 100.0};
    const auto calibration = require(Calibration::create(knot_cosines, knot_scores));
    const auto print_list = [](const char* name, const std::vector<double>& values) {
        std::printf("    \"%s\": [", name);
        for (const double& value : values) {
            std::printf("%g%s", value, &value == &values.back() ? "" : ", ");
        }
        std::puts("],");
    };
    std::puts("  \"calibration\": {");
    print_list("cosine", knot_cosines);
    print_list("score", knot_scores);
    constexpr double cosines[] = {-1.0, -0.7, 0.1, 0.3, 0.49, 0.6, 0.8, 0.91, 0.9375, 0.999, 1.0};
    std::puts("    \"scores\": [");
    for (const double& cosine : cosines) {
        std::printf("      {\"cosine\": %g, \"bits\": \"%016llx\"}%s", cosine,
                    bits(calibration.score(cosine)), separator(&cosine + 1 == std::end(cosines)));
    }
    std::puts("    ]\n  }");
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 2) {
        std::fputs("usage: golden TESTS_DATA_DIR\n", stderr);
        return 2;
    }
    std::puts("{");
    print_tensors();
    print_decoded(arguments[1]);
    print_pooled();
    print_cosines();
    print_scores();
    std::puts("}");
    return 0;
}
