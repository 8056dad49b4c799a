// Prints tests/data/golden.json; tests/data/README.md describes its fields.
// usage: golden TESTS_DATA_DIR MODELS_DIR
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "likeness/calibration.hpp"
#include "likeness/copy.hpp"
#include "likeness/decode.hpp"
#include "likeness/embedding.hpp"
#include "likeness/fingerprint.hpp"
#include "likeness/match_map.hpp"
#include "likeness/nearest.hpp"
#include "likeness/network.hpp"
#include "likeness/perceptual_hash.hpp"
#include "likeness/picture_reader.hpp"
#include "likeness/preprocess.hpp"
#include "likeness/rating.hpp"
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

void require_success(const Status& status) {
    if (status) return;
    std::fprintf(stderr, "%s\n", status.error().message.c_str());
    std::exit(1);
}

unsigned long long bits(double value) {
    std::uint64_t result = 0;
    std::memcpy(&result, &value, sizeof result);
    return result;
}

unsigned long long hex(std::uint64_t value) { return value; }

/// Of a pair of which nothing but the cosine is known.
double score_of(const Calibration& calibration, double cosine) {
    constexpr double similar = 50.0;
    const std::array cosines{Cosines{cosine, cosine}};
    return require(rate({calibration, calibration, similar}, cosines, {})).score;
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
    for (const View seen : {View::centre, View::whole}) {
        for (const Case& item : cases) {
            const std::size_t stride =
                static_cast<std::size_t>(item.size.width) * static_cast<std::size_t>(item.channels);
            const auto pixels =
                random_bytes(stride * static_cast<std::size_t>(item.size.height), item.seed);
            const auto view = require(ImageView::create(pixels, item.size, item.channels, stride));
            const auto input = require(read_picture(view, {.view = seen}, {255, 255, 255}, {}));
            std::printf(
                "    {\n      \"view\": \"%s\",\n      \"width\": %d,\n"
                "      \"height\": %d,\n      \"channels\": %d,\n      \"seed\": %u,\n"
                "      \"input\": [%d, %d],\n      \"fnv1a\": \"%08x\"\n    }%s",
                seen == View::whole ? "whole" : "centre", item.size.width, item.size.height,
                item.channels, item.seed, input.size.width, input.size.height, fnv1a(input.tensor),
                separator(seen == View::whole && &item + 1 == std::end(cases)));
        }
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

/// The embedded model, on inputs of three shapes.
void print_networks(const std::filesystem::path& models) {
    constexpr Size sizes[] = {{128, 128}, {160, 96}, {64, 256}};
    constexpr std::uint32_t seed = 9;
    std::ifstream stream(models / "mobilenetv2-lite.weights", std::ios::binary);
    const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(stream),
                                         std::istreambuf_iterator<char>()};
    const Network network = require(Network::load(file));
    std::puts("  \"networks\": [");
    for (const Size& size : sizes) {
        const auto pixels =
            static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
        const FeatureMap map = require(network.run(random_floats(3 * pixels, seed), size));
        const auto pooled =
            require(global_average_pool(map.values, map.channels, map.rows * map.columns));
        std::printf(
            "    {\n      \"model\": \"mobilenetv2-lite\",\n      \"input\": [%d, %d],\n"
            "      \"seed\": %u,\n      \"grid\": [%d, %d],\n      \"fnv1a\": \"%08x\",\n"
            "      \"pooled\": \"%08x\"\n    }%s",
            size.width, size.height, seed, map.columns, map.rows, fnv1a(map.values), fnv1a(pooled),
            separator(&size + 1 == std::end(sizes)));
    }
    std::puts("  ],");
}

void print_pooled() {
    constexpr std::uint32_t seed = 7;
    auto map = random_floats(1280 * 49, seed);
    const auto pooled = require(global_average_pool(map, 1280, 49));
    require_success(weigh_cells(map, 1280, 49));
    std::printf(
        "  \"pooled\": [\n    {\"channels\": 1280, \"cells\": 49, \"seed\": %u, "
        "\"fnv1a\": \"%08x\", \"weighed\": \"%08x\"}\n  ],\n",
        seed, fnv1a(pooled), fnv1a(map));
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

Fingerprint fingerprint_of(Size size, int channels, std::uint32_t seed) {
    const std::size_t stride =
        static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels);
    const auto pixels = random_bytes(stride * static_cast<std::size_t>(size.height), seed);
    const auto view = require(ImageView::create(pixels, size, channels, stride));
    return require(fingerprint(view, {255, 255, 255}));
}

void print_fingerprints() {
    struct Case {
        Size size;
        int channels;
        std::uint32_t seed;
    };
    // The third has uniform borders, as its four pixels are stretched.
    constexpr Case cases[] = {{{300, 200}, 3, 14}, {{37, 611}, 4, 15}, {{4, 1}, 3, 16}};
    std::puts("  \"fingerprints\": [");
    for (const Case& item : cases) {
        const Fingerprint print = fingerprint_of(item.size, item.channels, item.seed);
        const PerceptualHash hash = require(perceptual_hash(print));
        const PerceptualHash turned = require(perceptual_hash(print, Orientation::right_top));
        std::printf(
            "    {\n      \"width\": %d,\n      \"height\": %d,\n      \"channels\": %d,\n"
            "      \"seed\": %u,\n      \"digest\": \"%016llx%016llx\",\n"
            "      \"greyscale\": %s,\n      \"luma\": \"%08x\",\n"
            "      \"fullLuma\": \"%08x\",\n      \"dct\": \"%016llx\",\n"
            "      \"gradient\": \"%016llx\",\n      \"turnedDct\": \"%016llx\",\n"
            "      \"turnedGradient\": \"%016llx\"\n    }%s",
            item.size.width, item.size.height, item.channels, item.seed, hex(print.digest[1]),
            hex(print.digest[0]), print.greyscale ? "true" : "false", fnv1a(print.luma),
            fnv1a(print.full_luma), hex(hash.dct), hex(hash.gradient), hex(turned.dct),
            hex(turned.gradient), separator(&item + 1 == std::end(cases)));
    }
    std::puts("  ],");
}

/// Blocks of random colours; what is left of them without the first `cut` columns and rows.
Image blocks(std::uint32_t seed, int cut) {
    constexpr int block = 24;
    constexpr int columns = 20;
    constexpr int rows = 15;
    const auto colours = random_bytes(std::size_t{3} * columns * rows, seed);
    Image image = require(Image::create({(columns - cut) * block, (rows - cut) * block}));
    auto target = image.pixels().begin();
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const int at = (y / block + cut) * columns + x / block + cut;
            target = std::copy_n(colours.begin() + 3 * at, 3, target);
        }
    }
    return image;
}

void print_comparisons() {
    struct Case {
        std::uint32_t seed_a, seed_b;
        int cut;  ///< Of the second.
    };
    constexpr Case cases[] = {{17, 17, 3}, {17, 18, 0}, {17, 17, 0}};
    std::puts("  \"comparisons\": [");
    for (const Case& item : cases) {
        const Image a = blocks(item.seed_a, 0);
        const Image b = blocks(item.seed_b, item.cut);
        const auto print = [](const Image& image) {
            return require(fingerprint(image.view(), {255, 255, 255}));
        };
        const auto describe = [](const Image& image) {
            return require(describe_picture(require(PictureDetail::of(image.view()))));
        };
        const Evidence evidence = require(examine(print(a), describe(a), print(b), describe(b)));
        const Registration registration = evidence.registration.value_or(Registration{});
        const auto& matrix = registration.transform.matrix;
        std::printf(
            "    {\n      \"seedA\": %u,\n      \"seedB\": %u,\n      \"cut\": %d,\n"
            "      \"samePixels\": %s,\n      \"copy\": \"%s\",\n      \"registered\": %s,\n"
            "      \"changes\": %zu,\n      \"matrix\": \"%08x\",\n"
            "      \"agreement\": \"%016llx\",\n      \"covered\": \"%016llx\"\n    }%s",
            item.seed_a, item.seed_b, item.cut, evidence.same_pixels ? "true" : "false",
            std::string(to_string(evidence.copy)).c_str(),
            registration.registered ? "true" : "false", evidence.changes.size(), fnv1a(matrix),
            bits(registration.agreement_a), bits(registration.covered_a),
            separator(&item + 1 == std::end(cases)));
    }
    std::puts("  ],");
}

void print_match_maps() {
    constexpr int channels = 1280;
    constexpr int pixels_a_cell = 5;
    struct Case {
        Size grid_a, grid_b;
        std::uint32_t seed_a, seed_b;
    };
    constexpr Case cases[] = {{{7, 7}, {7, 7}, 21, 22}, {{8, 6}, {2, 22}, 35, 36}};
    const auto features = [](Size grid, std::uint32_t seed) {
        return random_floats(static_cast<std::size_t>(channels) *
                                 static_cast<std::size_t>(grid.width) *
                                 static_cast<std::size_t>(grid.height),
                             seed);
    };
    std::puts("  \"matchMaps\": [");
    for (const Case& item : cases) {
        const auto& [a, b, seed_a, seed_b] = item;
        const MatchMap map = require(match_map(features(a, seed_a), features(b, seed_b), channels));
        const auto heat =
            require(heat_map(map.a, a, {pixels_a_cell * a.width, pixels_a_cell * a.height}));
        std::printf(
            "    {\n      \"channels\": %d,\n      \"gridA\": [%d, %d],\n"
            "      \"gridB\": [%d, %d],\n      \"seedA\": %u,\n      \"seedB\": %u,\n"
            "      \"cosine\": \"%016llx\",\n      \"firstOfA\": \"%016llx\",\n"
            "      \"lastOfB\": \"%016llx\",\n      \"terms\": \"%08x\",\n"
            "      \"heatOfA\": \"%08x\"\n    }%s",
            channels, a.width, a.height, b.width, b.height, seed_a, seed_b, bits(map.cosine),
            bits(map.a.front()), bits(map.b.back()), fnv1a(map.terms), fnv1a(heat),
            separator(&item + 1 == std::end(cases)));
    }
    std::puts("  ],");
}

const std::vector<double> knot_cosines{-1.0, 0.25, 0.5, 0.75, 0.9375, 1.0};
const std::vector<double> knot_scores{0.0, 3.5, 21.0, 70.0, 96.25, 100.0};

/// The whole way that the core goes behind the network.
void print_feature_maps() {
    struct Case {
        int channels, cells;
        std::uint32_t seed_a, seed_b, seed_mean;
    };
    constexpr Case cases[] = {{1280, 49, 21, 22, 31},
                              {2048, 49, 23, 24, 32},
                              {1280, 1, 25, 26, 33},
                              {320, 4, 27, 28, 34}};
    const auto calibration = require(Calibration::create(knot_cosines, knot_scores));
    std::puts("  \"featureMaps\": [");
    for (const Case& item : cases) {
        const auto count =
            static_cast<std::size_t>(item.channels) * static_cast<std::size_t>(item.cells);
        const auto a = random_floats(count, item.seed_a);
        const auto b = random_floats(count, item.seed_b);
        const auto embed = [&item](const std::vector<float>& map) {
            return require(global_average_pool(map, item.channels, item.cells));
        };
        const double cosine = require(cosine_similarity(embed(a), embed(b)));

        const auto mean = random_floats(static_cast<std::size_t>(item.channels), item.seed_mean);
        const auto centred = [&item, &mean](const std::vector<float>& map) {
            return require(centre(map, item.channels, item.cells, mean));
        };
        const auto centred_a = centred(a);
        const double centred_cosine =
            require(cosine_similarity(embed(centred_a), embed(centred(b))));
        std::printf(
            "    {\n      \"channels\": %d,\n      \"cells\": %d,\n      \"seedA\": %u,\n"
            "      \"seedB\": %u,\n      \"seedMean\": %u,\n      \"cosine\": \"%016llx\",\n"
            "      \"score\": \"%016llx\",\n      \"centredA\": \"%08x\",\n"
            "      \"centredCosine\": \"%016llx\",\n      \"centredScore\": \"%016llx\"\n    }%s",
            item.channels, item.cells, item.seed_a, item.seed_b, item.seed_mean, bits(cosine),
            bits(score_of(calibration, cosine)), fnv1a(centred_a), bits(centred_cosine),
            bits(score_of(calibration, centred_cosine)), separator(&item + 1 == std::end(cases)));
    }
    std::puts("  ],");
}

void print_indexes() {
    struct Case {
        std::size_t count, length;
        std::uint32_t seed;
        std::size_t k;
    };
    constexpr Case cases[] = {{900, 1280, 23, 10}, {50, 13, 25, 50}};
    std::puts("  \"indexes\": [");
    for (const Case& item : cases) {
        EmbeddingIndex index;
        require_success(
            index.add("m", item.length, random_floats(item.count * item.length, item.seed)));
        auto search = require(
            NearestSearch::create(index, {"m", random_floats(item.length, item.seed + 1)}, item.k));
        search.advance(item.count);
        const std::size_t computed = search.computed();
        std::vector<std::uint32_t> rows;
        std::vector<double> cosines;
        for (const Neighbour& neighbour : search.finish()) {
            rows.push_back(static_cast<std::uint32_t>(neighbour.row));
            cosines.push_back(neighbour.cosine);
        }
        std::vector<float> pairs(index.pair_count(0, item.count));
        require_success(index.pairwise(0, item.count, pairs));
        std::printf(
            "    {\n      \"count\": %zu,\n      \"length\": %zu,\n      \"seed\": %u,\n"
            "      \"k\": %zu,\n      \"computed\": %zu,\n      \"rows\": \"%08x\",\n"
            "      \"cosines\": \"%08x\",\n      \"pairwise\": \"%08x\"\n    }%s",
            item.count, item.length, item.seed, item.k, computed, fnv1a(rows), fnv1a(cosines),
            fnv1a(pairs), separator(&item + 1 == std::end(cases)));
    }
    std::puts("  ],");
}

void print_scores() {
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
                    bits(score_of(calibration, cosine)),
                    separator(&cosine + 1 == std::end(cosines)));
    }
    std::puts("    ]\n  }");
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 3) {
        std::fputs("usage: golden TESTS_DATA_DIR MODELS_DIR\n", stderr);
        return 2;
    }
    std::puts("{");
    print_tensors();
    print_decoded(arguments[1]);
    print_networks(arguments[2]);
    print_pooled();
    print_cosines();
    print_fingerprints();
    print_comparisons();
    print_match_maps();
    print_feature_maps();
    print_indexes();
    print_scores();
    std::puts("}");
    return 0;
}
