// Against the outside world: needs LIKENESS_REFERENCE_DIR.
#include <cstdlib>
#include <iostream>
#include <string>

#include "likeness/decode.hpp"
#include "likeness/preprocess.hpp"
#include "support/catch.hpp"
#include "support/encode.hpp"
#include "support/files.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

Image decode_file(const std::filesystem::path& path) {
    INFO(path.string());
    auto image = decode(read_file(path));
    REQUIRE(image);
    return std::move(image).value();
}

/// Mean difference of all values outside the middle 28 % × 28 %.
double border_difference(const Image& a, const Image& b) {
    REQUIRE(a.size() == b.size());
    const auto in_middle = [](int position, int length) {
        return std::abs(2 * position + 1 - length) < 0.28 * length;
    };
    long sum = 0;
    long count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            if (in_middle(x, a.width()) && in_middle(y, a.height())) continue;
            for (int channel = 0; channel < 3; ++channel) {
                const int offset = (y * a.width() + x) * 3 + channel;
                const auto i = static_cast<std::size_t>(offset);
                sum += std::abs(a.pixels()[i] - b.pixels()[i]);
                ++count;
            }
        }
    }
    return static_cast<double>(sum) / static_cast<double>(count);
}

}  // namespace

TEST_CASE("every reference pair has no byte that differs from Pillow's", "[reference]") {
    const auto folder = reference_dir();
    if (!folder) return;
    int pairs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*folder / "reference/pillow")) {
        const std::string name = entry.path().filename().string();
        if (name.rfind("source-", 0) != 0) continue;
        INFO(name);
        const Image source = decode_file(entry.path());
        const Image expected =
            decode_file(entry.path().parent_path() / ("resized256-crop224-" + name.substr(7)));
        auto preprocessor = Preprocessor::create(source.size(), 3, {.view = View::centre}, {});
        REQUIRE(preprocessor);
        const Region region = preprocessor.value().region();
        const ImageView view = source.view();
        REQUIRE(preprocessor.value().push_rows(view.bytes(region), view.stride(), region.height));
        const auto crop = preprocessor.value().pixels();
        REQUIRE(crop);
        const auto ours = crop.value().pixels();
        const auto theirs = expected.pixels();
        CHECK(std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end()));
        ++pairs;
    }
    CHECK(pairs >= 10);
}

TEST_CASE("the EXIF example files all show the same picture", "[reference]") {
    const auto folder = reference_dir();
    if (!folder) return;
    for (const std::string shape : {"Landscape_", "Portrait_"}) {
        const auto path = [&](int value) {
            return *folder / "images/exif-orientation" / (shape + std::to_string(value) + ".jpg");
        };
        const Image upright = decode_file(path(1));
        for (int value = 0; value <= 8; ++value) {
            const double difference = border_difference(upright, decode_file(path(value)));
            std::cout << shape << value << ": " << difference << " levels\n";
            CHECK(difference <= 4.0);
        }
    }
}

TEST_CASE("malformed files give a result or an error and harm nothing", "[reference]") {
    const auto folder = reference_dir();
    if (!folder) return;
    const auto good_pixels = ByteVector{1, 2, 3, 4, 5, 6};
    const auto good_file = encode_png({2, 1}, good_pixels, 3);
    int files = 0;
    int decoded = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*folder / "images/malformed")) {
        INFO(entry.path().string());
        const auto image = decode(read_file(entry.path()));
        ++files;
        if (image) {
            ++decoded;
            CHECK_FALSE(image.value().pixels().empty());
        } else {
            CHECK_FALSE(image.error().message.empty());
        }
        const auto good = decode(good_file);
        REQUIRE(good);
        const auto pixels = good.value().pixels();
        CHECK(std::equal(pixels.begin(), pixels.end(), good_pixels.begin(), good_pixels.end()));
    }
    std::cout << files << " files, " << decoded << " of them decoded\n";
    CHECK(files >= 190);
}
