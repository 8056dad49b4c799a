#include "likeness/picture_reader.hpp"
#include "support/catch.hpp"
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
            for (const Wanted wanted : {Wanted::tensor, Wanted::tensor_and_fingerprint}) {
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
                REQUIRE(banded.value().fingerprint.has_value() ==
                        (wanted == Wanted::tensor_and_fingerprint));
                if (!banded.value().fingerprint) continue;
                CHECK(banded.value().fingerprint->digest == print.digest);
                CHECK(banded.value().fingerprint->full_luma == print.full_luma);
            }
        }
    }
}
