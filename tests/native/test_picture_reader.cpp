#include <algorithm>
#include <cmath>

#include "likeness/collection.hpp"
#include "likeness/picture_reader.hpp"
#include "support/catch.hpp"
#include "support/encode.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr Rgb background{10, 200, 90};

std::size_t index(int value) { return static_cast<std::size_t>(value); }

// What Blinn's division comes to.
std::uint8_t over_background(int value, int alpha, int behind) {
    return static_cast<std::uint8_t>((value * alpha + behind * (255 - alpha)) / 255.0 + 0.5);
}

}  // namespace

TEST_CASE("rows of any width are taken apart", "[picture_reader]") {
    for (int width = 1; width < 70; ++width) {
        for (const int channels : {3, 4}) {
            for (const bool opaque : {true, false}) {
                auto row = random_bytes(index(width) * index(channels), 7);
                if (channels == 4 && opaque) {
                    for (std::size_t i = 3; i < row.size(); i += 4) row[i] = 255;
                }
                RowSplitter splitter(width, channels, background);
                const PlanarRow planes = splitter.split(row.data());
                for (int x = 0; x < width; ++x) {
                    const std::uint8_t* pixel = row.data() + index(x * channels);
                    const int alpha = channels == 4 ? pixel[3] : 255;
                    CHECK(planes.channels[0][x] == over_background(pixel[0], alpha, background.r));
                    CHECK(planes.channels[1][x] == over_background(pixel[1], alpha, background.g));
                    CHECK(planes.channels[2][x] == over_background(pixel[2], alpha, background.b));
                }
            }
        }
    }
}

TEST_CASE("one pass gives what two give, in any bands", "[picture_reader]") {
    for (const Size size : {Size{403, 251}, Size{1, 1}, Size{5, 300}, Size{1300, 40}}) {
        for (const int channels : {3, 4}) {
            const std::size_t stride = index(size.width) * index(channels) + 3;
            const auto pixels = random_bytes(stride * index(size.height), 5);
            const auto view = ImageView::create(pixels, size, channels, stride);
            REQUIRE(view);
            const auto tensor = preprocess(view.value(), {}, background).value();
            const auto print = fingerprint(view.value(), background).value();
            const auto detail = PictureDetail::of(view.value(), background).value();
            const auto features =
                pack_features(SketchFeatures::of(view.value(), background).value());
            for (const Wanted wanted :
                 {Wanted{}, Wanted{.fingerprint = true}, Wanted{.detail = true},
                  Wanted{.features = true},
                  Wanted{.fingerprint = true, .detail = true, .features = true}}) {
                const auto at_once = read_picture(view.value(), {}, background, wanted);
                REQUIRE(at_once);
                CHECK(at_once.value().tensor == tensor);
                CHECK(at_once.value().size == whole_size(size, 224, 32).value());

                auto reader = PictureReader::create(size, channels, {}, background, wanted);
                REQUIRE(reader);
                CHECK_FALSE(reader.value().finish());
                for (int y = 0; y < size.height; y += 7) {
                    const int rows = std::min(7, size.height - y);
                    const auto rest = std::span(pixels).subspan(index(y) * stride);
                    REQUIRE(reader.value().push_rows(rest, stride, rows));
                }
                CHECK_FALSE(reader.value().push_rows(pixels, stride, 1));
                const auto banded = reader.value().finish();
                REQUIRE(banded);
                CHECK(banded.value().tensor == tensor);
                REQUIRE(banded.value().fingerprint.has_value() == wanted.fingerprint);
                REQUIRE(banded.value().detail.has_value() == wanted.detail);
                REQUIRE(banded.value().features.has_value() == wanted.features);
                if (banded.value().features) {
                    CHECK(pack_features(*banded.value().features) == features);
                }
                if (banded.value().detail) {
                    CHECK(banded.value().detail->size == size);
                    CHECK(std::ranges::equal(banded.value().detail->pixels.pixels(),
                                             detail.pixels.pixels()));
                }
                if (!banded.value().fingerprint) continue;
                CHECK(banded.value().fingerprint->digest == print.digest);
                CHECK(banded.value().fingerprint->full_luma == print.full_luma);
            }
        }
    }
}

TEST_CASE("a draft gives what the whole picture gives, in its sizes", "[picture_reader]") {
    constexpr Size original{1602, 803};
    constexpr Size reduced{401, 201};
    constexpr Wanted wanted{.fingerprint = true, .detail = true, .features = true};
    const Picture whole = clouds(original, 3);
    const Picture draft = resize(whole, reduced);
    const auto expected = read_picture(whole.view(), {}, background, wanted).value();

    auto reader = PictureReader::create(reduced, 3, {}, background, wanted, original);
    REQUIRE(reader);
    REQUIRE(reader.value().push_rows(draft.rgb, index(reduced.width) * 3, reduced.height));
    auto found = reader.value().finish().value();
    CHECK(found.size == expected.size);
    REQUIRE(found.tensor.size() == expected.tensor.size());
    float most = 0;
    for (std::size_t i = 0; i < found.tensor.size(); ++i) {
        most = std::max(most, std::abs(found.tensor[i] - expected.tensor[i]));
    }
    constexpr float level = 1 / 255.0F / 0.224F;
    CHECK(most < 3 * level);
    CHECK(found.fingerprint->size == original);
    CHECK(found.fingerprint->digest != expected.fingerprint->digest);
    CHECK(found.detail->size == original);
    CHECK(describe_picture(std::move(*found.detail)));
}

TEST_CASE("white artwork shows on black, black artwork on white", "[picture_reader]") {
    static constexpr Size size{90, 70};
    constexpr Rgb white{255, 255, 255};
    // A ring of one colour on nothing; the first rows are all opaque.
    const auto artwork = [](std::uint8_t level, int opaque_rows) {
        std::vector<std::uint8_t> rgba;
        for (int y = 0; y < size.height; ++y) {
            for (int x = 0; x < size.width; ++x) {
                const int distance = (x - 45) * (x - 45) + (y - 35) * (y - 35);
                const bool drawn = y < opaque_rows || (distance > 300 && distance < 700);
                rgba.insert(rgba.end(),
                            {level, level, level, static_cast<std::uint8_t>(drawn ? 255 : 0)});
            }
        }
        return rgba;
    };
    const auto read = [](const std::vector<std::uint8_t>& rgba, Rgb behind) {
        return read_picture(ImageView::create(rgba, size, 4, 360).value(), {}, behind,
                            {.fingerprint = true, .detail = true})
            .value();
    };
    const auto level_at = [](const PictureInput& input, int x, int y) {
        const Image& pixels = input.detail->pixels;
        const int at = 3 * (y * pixels.height() / size.height * pixels.width() +
                            x * pixels.width() / size.width);
        return pixels.pixels()[index(at)];
    };
    for (const int rows : {0, 10}) {
        const auto hidden = read(artwork(255, rows), white);
        CHECK(level_at(hidden, 45, 35) == 0);
        CHECK(level_at(hidden, 45, 60) > 200);
        const auto shown = read(artwork(0, rows), white);
        CHECK(level_at(shown, 45, 35) == 255);
        CHECK(level_at(shown, 45, 60) < 50);
        // What the model sees is the same picture.
        CHECK(hidden.tensor == read(artwork(255, rows), {0, 0, 0}).tensor);
        CHECK(hidden.fingerprint->digest != shown.fingerprint->digest);
    }
    // Nothing anywhere stays on the background.
    const auto nothing = read(std::vector<std::uint8_t>(90 * 70 * 4), white);
    CHECK(level_at(nothing, 45, 35) == 255);
}

TEST_CASE("opacities are part of a picture's digest", "[picture_reader]") {
    constexpr Size size{40, 30};
    std::vector<std::uint8_t> rgba(40 * 30 * 4, 255);
    const auto digest = [&rgba, size] {
        return fingerprint(ImageView::create(rgba, size, 4, 160).value(), {255, 255, 255})
            .value()
            .digest;
    };
    const auto opaque = digest();
    const std::vector<std::uint8_t> rgb(40 * 30 * 3, 255);
    CHECK(
        opaque ==
        fingerprint(ImageView::create(rgb, size, 3, 120).value(), {255, 255, 255}).value().digest);
    rgba[160 * 4 + 3] = 254;
    const auto first = digest();
    CHECK(first != opaque);
    rgba[160 * 4 + 3] = 255;
    rgba[160 * 9 + 3] = 254;
    CHECK(digest() != first);
}

TEST_CASE("a file is read with its transparency and its frames", "[picture_reader]") {
    constexpr Size size{40, 30};
    const auto rgba = random_bytes(index(size.width * size.height) * 4, 3);
    const ByteVector control{0, 0, 0, 9, 0, 0, 0, 0};
    const auto file = encode_png({40, 30, 8, 6, false, {{"acTL", control}}}, rgba, 4);
    const auto view = ImageView::create(rgba, size, 4, index(size.width) * 4);
    const Wanted wanted{.fingerprint = true, .detail = true};
    const auto expected = read_picture(view.value(), {}, background, wanted).value();
    const auto read = read_picture_file(file, {.background = background}, {}, wanted);
    REQUIRE(read);
    CHECK(read.value().tensor == expected.tensor);
    CHECK(read.value().fingerprint->digest == expected.fingerprint->digest);
    CHECK(read.value().fingerprint->frames == 9);
    CHECK(read.value().detail->size == size);
    CHECK(read_picture_file(file, {}, {}, {}));
    const auto refused = read_picture_file(file, {.max_side = 20}, {}, wanted);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::image_too_large);
}
