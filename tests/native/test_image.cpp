#include <array>
#include <climits>

#include "likeness/image.hpp"
#include "support/catch.hpp"

using namespace likeness;

TEST_CASE("a view needs all its rows inside the data", "[image]") {
    const std::array<std::uint8_t, 40> data{};
    // The last row may end right after its last pixel: 3 × 12 + 4 bytes less the gap.
    CHECK(ImageView::create(std::span(data).first(33), {3, 3}, 3, 12));
    CHECK_FALSE(ImageView::create(std::span(data).first(32), {3, 3}, 3, 12));
    CHECK(ImageView::create(data, {2, 5}, 4, 8));
    CHECK_FALSE(ImageView::create(data, {2, 6}, 4, 8));

    for (const Size size : {Size{0, 1}, Size{1, 0}, Size{-1, 1}, Size{INT_MAX, INT_MAX}}) {
        const auto view = ImageView::create(data, size, 3, 12);
        REQUIRE_FALSE(view);
        CHECK(view.error().code == ErrorCode::invalid_argument);
    }
    CHECK_FALSE(ImageView::create(data, {1, 1}, 2, 12));
    CHECK_FALSE(ImageView::create(data, {3, 1}, 4, 11));
    CHECK_FALSE(ImageView::create({}, {1, 1}, 3, 3));
}

TEST_CASE("a region's bytes run from its first to its last pixel", "[image]") {
    std::array<std::uint8_t, 24> data{};
    const auto view = ImageView::create(data, {3, 2}, 4, 12);
    REQUIRE(view);
    const auto bytes = view.value().bytes({1, 0, 2, 2});
    CHECK(bytes.data() == data.data() + 4);
    CHECK(bytes.size() == 20);
}

TEST_CASE("a part of a view is a view of its own", "[image]") {
    std::array<std::uint8_t, 36> data{};
    const auto view = ImageView::create(data, {3, 3}, 3, 12);
    REQUIRE(view);
    const auto part = view.value().part({1, 1, 2, 2});
    REQUIRE(part);
    CHECK(part.value().size() == Size{2, 2});
    CHECK(part.value().stride() == 12);
    CHECK(part.value().bytes({0, 0, 2, 2}).data() == data.data() + 15);
    CHECK(part.value().bytes({0, 0, 2, 2}).size() == 18);

    const std::array<Region, 8> outside{Region{-1, 0, 1, 1}, {0, -1, 1, 1},     {0, 0, 0, 1},
                                        {0, 0, 1, 0},        {2, 0, 2, 1},      {0, 2, 1, 2},
                                        {INT_MAX, 0, 1, 1},  {1, 1, INT_MAX, 1}};
    for (const Region& region : outside) {
        const auto refused = view.value().part(region);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::invalid_argument);
    }
}

TEST_CASE("an image that can't be is an error", "[image]") {
    const auto empty = Image::create({0, 5});
    REQUIRE_FALSE(empty);
    CHECK(empty.error().code == ErrorCode::invalid_argument);
}
