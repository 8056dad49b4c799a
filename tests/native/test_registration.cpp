#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "likeness/copy.hpp"
#include "likeness/picture_reader.hpp"
#include "likeness/registration.hpp"
#include "support/catch.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr Rgb white{255, 255, 255};
constexpr Rgb black{0, 0, 0};

Picture plain(Size size, Rgb colour) {
    Picture picture{size, {}};
    for (int i = 0; i < size.width * size.height; ++i) {
        picture.rgb.insert(picture.rgb.end(), {colour.r, colour.g, colour.b});
    }
    return picture;
}

void fill(Picture& picture, const Region& region, Rgb colour) {
    for (int y = region.y; y < std::min(region.y + region.height, picture.size.height); ++y) {
        for (int x = region.x; x < std::min(region.x + region.width, picture.size.width); ++x) {
            std::uint8_t* pixel = picture.rgb.data() + picture.offset(x, y);
            pixel[0] = colour.r;
            pixel[1] = colour.g;
            pixel[2] = colour.b;
        }
    }
}

/// Rectangles of all sizes over clouds.
Picture scene(Size size, std::uint32_t seed) {
    Picture picture = clouds(size, seed);
    Random random(seed * 2654435761U + 1U);
    const auto level = [&random] { return static_cast<std::uint8_t>(random.between(0, 255)); };
    for (int i = 0; i < 220; ++i) {
        const int side = random.between(3, i < 20 ? size.width / 5 : size.width / 25);
        const Region region{random.between(0, size.width - 1), random.between(0, size.height - 1),
                            side, random.between(3, side + 3)};
        fill(picture, region, {level(), level(), level()});
    }
    return picture;
}

/// Lines of letters of 5 × 7 dots, each twice as large, on paper.
Picture page(Size size, std::uint32_t seed, int lines) {
    Picture picture = plain(size, white);
    Random random(seed);
    for (int line = 0; line < lines; ++line) {
        for (int x = 40; x + 60 < size.width; x += 12) {
            if (random.between(0, 6) == 0) continue;
            for (int dot = 0; dot < 35; ++dot) {
                if (random.between(0, 2) == 0) continue;
                fill(picture, {x + dot % 5 * 2, 40 + line * 24 + dot / 5 * 2, 2, 2}, black);
            }
        }
    }
    return picture;
}

Picture map_levels(Picture picture, double gain, double offset) {
    for (std::uint8_t& level : picture.rgb) {
        level = static_cast<std::uint8_t>(std::clamp(gain * level + offset, 0.0, 255.0));
    }
    return picture;
}

PictureDescription describe(const Picture& picture) {
    auto description = describe_picture(PictureDetail::of(picture.view()).value());
    REQUIRE(description);
    return std::move(description).value();
}

Registration compare(const Picture& a, const Picture& b) {
    auto registration = register_pictures(describe(a), describe(b));
    REQUIRE(registration);
    return std::move(registration).value();
}

bool has(const Registration& registration, ChangeKind kind) {
    const auto changes = changes_of(registration);
    return std::any_of(changes.begin(), changes.end(),
                       [kind](const Change& change) { return change.kind == kind; });
}

/// The largest distance of a corner of a from where `expected` puts it in b, in sides of b.
double corner_error(const Registration& registration, const std::array<double, 6>& expected, Size a,
                    Size b) {
    const auto& found = registration.transform.matrix;
    double worst = 0.0;
    for (const double x : {0.0, static_cast<double>(a.width)}) {
        for (const double y : {0.0, static_cast<double>(a.height)}) {
            const double dx = (found[0] - expected[0]) * x + (found[1] - expected[1]) * y +
                              found[2] - expected[2];
            const double dy = (found[3] - expected[3]) * x + (found[4] - expected[4]) * y +
                              found[5] - expected[5];
            worst = std::max(worst, std::sqrt(dx * dx + dy * dy));
        }
    }
    return worst / std::max(b.width, b.height);
}

bool overlaps(const Rectangle& p, const Region& q) {
    return p.x < q.x + q.width && q.x < p.x + p.width && p.y < q.y + q.height &&
           q.y < p.y + p.height;
}

void check_equal(const Rectangle& p, const Rectangle& q) {
    CHECK(p.x == q.x);
    CHECK(p.y == q.y);
    CHECK(p.width == q.width);
    CHECK(p.height == q.height);
}

}  // namespace

TEST_CASE("a picture lies on itself", "[registration]") {
    const Picture picture = scene({500, 400}, 1);
    const Registration r = compare(picture, picture);
    REQUIRE(r.registered);
    CHECK(corner_error(r, {1, 0, 0, 0, 1, 0}, picture.size, picture.size) < 0.001);
    CHECK(r.covered_a > 0.999);
    CHECK(r.agreement_a == 1.0);
    CHECK(r.agreement_b == 1.0);
    CHECK(r.differences.empty());
    CHECK(copy_kind(r, false) == CopyKind::near_duplicate);
    CHECK(copy_kind(r, true) == CopyKind::identical);
    const auto changes = changes_of(r);
    REQUIRE(changes.size() == 1);
    CHECK(changes.front().kind == ChangeKind::re_encoded);
}

TEST_CASE("what programs do is found to the last digit", "[registration]") {
    const Picture picture = scene({900, 640}, 21);
    using Matrix = std::array<double, 6>;
    CHECK(compare(picture, picture).transform.matrix == Matrix{1, 0, 0, 0, 1, 0});
    const auto part = crop(picture, {37, 41, 700, 500});
    CHECK(compare(picture, part).transform.matrix == Matrix{1, 0, -37, 0, 1, -41});
    const auto half = resize(picture, {450, 320});
    CHECK(compare(picture, half).transform.matrix == Matrix{0.5, 0, 0, 0, 0.5, 0});
    const auto turned = turn(picture, Orientation::right_top);
    CHECK(compare(picture, turned).transform.matrix == Matrix{0, -1, 640, 1, 0, 0});
}

TEST_CASE("a strip that a crop took away is no border", "[registration]") {
    const Picture picture = scene({600, 450}, 22);
    const Registration thin = compare(picture, crop(picture, {12, 9, 576, 432}));
    CHECK(has(thin, ChangeKind::cropped));
    CHECK_FALSE(has(thin, ChangeKind::unbordered));
    Picture framed{{660, 510}, std::vector<std::uint8_t>(660 * 510 * 3, 230)};
    for (int y = 0; y < picture.size.height; ++y) {
        const auto row = picture.rgb.begin() + y * 600 * 3;
        std::copy(row, row + 600 * 3, framed.rgb.begin() + ((y + 30) * 660 + 30) * 3);
    }
    const Registration border = compare(picture, framed);
    CHECK(has(border, ChangeKind::bordered));
    CHECK_FALSE(has(border, ChangeKind::uncropped));
}

TEST_CASE("what is remembered of a picture is small", "[registration]") {
    CHECK(sizeof(FeaturePoint) == 40);
    const PictureDescription described = describe(scene({1200, 900}, 2));
    CHECK(described.features.points.size() <= PictureFeatures::max_points);
    CHECK(described.features.points.size() > PictureFeatures::max_points / 2);
    CHECK(described.detail.width() == PictureDetail::max_side);
    CHECK(described.overview.width() < described.detail.width());
}

TEST_CASE("all eight ways to turn a picture are found", "[registration]") {
    const Picture picture = scene({420, 300}, 3);
    const double w = picture.size.width;
    const double h = picture.size.height;
    const struct {
        Orientation orientation;
        std::array<double, 6> matrix;
    } turns[] = {{Orientation::top_left, {1, 0, 0, 0, 1, 0}},
                 {Orientation::top_right, {-1, 0, w, 0, 1, 0}},
                 {Orientation::bottom_right, {-1, 0, w, 0, -1, h}},
                 {Orientation::bottom_left, {1, 0, 0, 0, -1, h}},
                 {Orientation::left_top, {0, 1, 0, 1, 0, 0}},
                 {Orientation::right_top, {0, -1, h, 1, 0, 0}},
                 {Orientation::right_bottom, {0, -1, h, -1, 0, w}},
                 {Orientation::left_bottom, {0, 1, 0, -1, 0, w}}};
    for (const auto& [orientation, matrix] : turns) {
        const Picture turned = turn(picture, orientation);
        const Registration r = compare(picture, turned);
        REQUIRE(r.registered);
        CHECK(corner_error(r, matrix, picture.size, turned.size) < 0.002);
        CHECK(copy_kind(r, false) == CopyKind::near_duplicate);
        const bool mirrored = matrix[0] * matrix[4] - matrix[1] * matrix[3] < 0;
        CHECK(r.transform.mirrored == mirrored);
        CHECK(has(r, ChangeKind::mirrored) == mirrored);
        // After mirroring left to right, (x, y) is turned to (c x − s y, s x + c y).
        const double side = mirrored ? -1.0 : 1.0;
        CHECK(r.transform.cosine == Approx(side * matrix[0]).margin(0.01));
        CHECK(r.transform.sine == Approx(side * matrix[3]).margin(0.01));
    }
}

TEST_CASE("crops, borders and other sizes are found, and named", "[registration]") {
    const Picture picture = scene({600, 450}, 4);
    SECTION("half of it") {
        const Picture part = crop(picture, {150, 40, 300, 225});
        const Registration r = compare(picture, part);
        REQUIRE(r.registered);
        CHECK(corner_error(r, {1, 0, -150, 0, 1, -40}, picture.size, part.size) < 0.005);
        CHECK(copy_kind(r, false) == CopyKind::near_duplicate);
        CHECK(has(r, ChangeKind::cropped));
        CHECK(r.covered_a == Approx(0.25).margin(0.01));
        CHECK(r.overlap_a.x == Approx(150).margin(2));
        CHECK(r.overlap_a.height == Approx(225).margin(3));
        CHECK(has(compare(part, picture), ChangeKind::uncropped));
    }
    SECTION("a wide border") {
        const Picture bordered = add_border(picture, 150, white);
        const Registration r = compare(picture, bordered);
        REQUIRE(r.registered);
        CHECK(corner_error(r, {1, 0, 150, 0, 1, 150}, picture.size, bordered.size) < 0.005);
        CHECK(copy_kind(r, false) == CopyKind::near_duplicate);
        CHECK(has(r, ChangeKind::bordered));
        CHECK(has(compare(bordered, picture), ChangeKind::unbordered));
    }
    SECTION("a third of the size") {
        const Registration r = compare(picture, resize(picture, {200, 150}));
        REQUIRE(r.registered);
        CHECK(r.transform.scale == Approx(1.0 / 3.0).epsilon(0.01));
        CHECK(copy_kind(r, false) == CopyKind::near_duplicate);
        CHECK(has(r, ChangeKind::resized));
    }
}

TEST_CASE("other brightness, contrast and no colour are seen through, and named",
          "[registration]") {
    const Picture picture = scene({480, 360}, 5);
    const Registration dark = compare(picture, map_levels(picture, 0.3, 0.0));
    CHECK(copy_kind(dark, false) == CopyKind::near_duplicate);
    CHECK(dark.exposure.gain == Approx(0.3).margin(0.02));
    CHECK(has(dark, ChangeKind::exposed));
    const Registration bright = compare(picture, map_levels(picture, 1.2, 10.0));
    CHECK(copy_kind(bright, false) == CopyKind::near_duplicate);

    Picture grey = picture;
    for (std::size_t i = 0; i < grey.rgb.size(); i += 3) {
        const auto luma = static_cast<std::uint8_t>(0.299 * grey.rgb[i] + 0.587 * grey.rgb[i + 1] +
                                                    0.114 * grey.rgb[i + 2]);
        grey.rgb[i] = grey.rgb[i + 1] = grey.rgb[i + 2] = luma;
    }
    const Registration colourless = compare(picture, grey);
    CHECK(copy_kind(colourless, false) == CopyKind::near_duplicate);
    CHECK(has(colourless, ChangeKind::greyscale));
    CHECK(has(compare(grey, picture), ChangeKind::coloured));
}

TEST_CASE("a negative is no copy", "[registration]") {
    const Picture picture = scene({480, 360}, 6);
    CHECK(copy_kind(compare(picture, map_levels(picture, -1.0, 255.0)), false) == CopyKind::none);
}

TEST_CASE("what is laid over a picture makes a variant, and is found", "[registration]") {
    const Picture picture = scene({600, 450}, 7);
    const Region place{330, 120, 90, 70};
    Picture changed = picture;
    fill(changed, place, {250, 220, 30});
    const Registration r = compare(picture, changed);
    REQUIRE(copy_kind(r, false) == CopyKind::variant);
    REQUIRE(r.differences.size() == 1);
    const Rectangle& found = r.differences.front().a;
    CHECK(overlaps(found, place));
    CHECK(found.width < 3 * place.width);
    CHECK(found.height < 3 * place.height);
}

TEST_CASE("letters all over a picture are not taken for its sharpness", "[registration]") {
    const Picture picture = scene({480, 360}, 12);
    Picture lettered = picture;
    Random random(13);
    for (int y = 4; y + 56 < picture.size.height; y += 128) {
        for (int x = 4; x + 40 < picture.size.width; x += 48) {
            for (int dot = 0; dot < 35; ++dot) {
                if (random.between(0, 2) == 0) continue;
                fill(lettered, {x + dot % 5 * 8, y + dot / 5 * 8, 8, 8}, white);
            }
        }
    }
    const Registration r = compare(picture, lettered);
    CHECK(r.registered);
    CHECK(r.blur == 0);
    CHECK(r.noise < 0.01);
}

TEST_CASE("one other letter on a page makes a variant, and is found", "[registration]") {
    const Picture letters = page({900, 1200}, 8, 40);
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        Random random(seed);
        const Region place{40 + 12 * random.between(5, 55), 40 + 24 * random.between(2, 38), 10,
                           14};
        Picture changed = letters;
        fill(changed, place, white);
        fill(changed, {place.x + 2, place.y, 4, 14}, black);
        const Registration r = compare(letters, changed);
        INFO("seed " << seed);
        CHECK(copy_kind(r, false) == CopyKind::variant);
        REQUIRE(r.differences.size() == 1);
        CHECK(overlaps(r.differences.front().a, place));
    }
}

TEST_CASE("digits that changed at both ends of a number are one place", "[registration]") {
    const Picture letters = page({900, 1200}, 8, 40);
    Picture changed = letters;
    for (const int x : {400, 450}) {
        fill(changed, {x, 520, 10, 14}, white);
        fill(changed, {x + 2, 520, 4, 14}, black);
    }
    const Registration r = compare(letters, changed);
    REQUIRE(copy_kind(r, false) == CopyKind::variant);
    REQUIRE(r.differences.size() == 2);
    const auto changes = changes_of(r);
    REQUIRE(changes.size() == 1);
    CHECK(overlaps(changes.front().a, {400, 520, 10, 14}));
    CHECK(overlaps(changes.front().a, {450, 520, 10, 14}));
}

/// Noise that hardly shows, and stars.
Picture night_sky(int stars) {
    Random random(4);
    Picture sky = plain({640, 480}, black);
    for (auto pixel = sky.rgb.begin(); pixel != sky.rgb.end(); pixel += 3) {
        std::fill_n(pixel, 3, static_cast<std::uint8_t>(random.between(5, 12)));
    }
    for (int i = 0; i < stars; ++i) {
        const int side = random.between(1, 3);
        const auto level = static_cast<std::uint8_t>(random.between(60, 255));
        fill(sky, {random.between(4, 630), random.between(4, 470), side, side},
             {level, level, level});
    }
    return sky;
}

TEST_CASE("a uniform patch over a night sky is no other exposure, and never passes for nothing",
          "[registration]") {
    for (const int stars : {40, 80, 120, 300}) {
        for (const int width : {120, 170, 260}) {
            INFO(stars << " stars, a patch of " << width);
            const Picture sky = night_sky(stars);
            Picture changed = sky;
            fill(changed, {250, 150, width, width * 3 / 4}, {175, 175, 175});
            const Registration r = compare(sky, changed);
            CHECK(copy_kind(r, false) != CopyKind::near_duplicate);
            CHECK(r.exposure.gain == Approx(1.0).margin(0.1));
        }
    }
}

/// A thing on plain ground.
Picture thing(std::uint32_t seed) {
    Picture picture = plain({640, 640}, {250, 250, 250});
    const Picture shown = scene({200, 260}, seed);
    for (int y = 0; y < shown.size.height; ++y) {
        std::copy_n(
            shown.rgb.begin() + static_cast<std::ptrdiff_t>(shown.offset(0, y)),
            3 * shown.size.width,
            picture.rgb.begin() + static_cast<std::ptrdiff_t>(picture.offset(220, 190 + y)));
    }
    return picture;
}

/// Lines of large letters all over.
Picture lettered(Picture picture) {
    Random random(17);
    for (int y = 30; y + 56 < picture.size.height; y += 100) {
        for (int x = 20; x + 40 < picture.size.width; x += 48) {
            for (int dot = 0; dot < 35; ++dot) {
                if (random.between(0, 2) == 0) continue;
                fill(picture, {x + dot % 5 * 7, y + dot / 5 * 7, 7, 7}, {200, 30, 30});
            }
        }
    }
    return picture;
}

TEST_CASE("what is laid over most of what a picture shows makes a variant", "[registration]") {
    const auto check_variant = [](const Picture& picture, const Picture& changed) {
        const Registration r = compare(picture, changed);
        CHECK(copy_kind(r, false) == CopyKind::variant);
        CHECK(corner_error(r, {1, 0, 0, 0, 1, 0}, picture.size, picture.size) < 0.003);
    };
    for (const std::uint32_t seed : {1U, 2U, 3U}) {
        INFO("seed " << seed);
        const Picture picture = thing(seed);
        check_variant(picture, lettered(picture));
        Picture covered = picture;
        fill(covered, {130, 300, 200, 280}, {90, 200, 120});
        fill(covered, {170, 380, 30, 30}, black);
        fill(covered, {260, 380, 30, 30}, black);
        check_variant(picture, covered);
    }
    check_variant(night_sky(300), lettered(night_sky(300)));
}

TEST_CASE("two things on the same ground are no variants, with letters over one neither",
          "[registration]") {
    for (const std::uint32_t seed : {1U, 2U, 3U}) {
        INFO("seed " << seed);
        CHECK(copy_kind(compare(thing(seed), thing(seed + 10)), false) == CopyKind::none);
        CHECK(copy_kind(compare(thing(seed), lettered(thing(seed + 10))), false) == CopyKind::none);
    }
}

/// A frame with four strokes in it, black on white.
Picture icon(int side, std::uint32_t seed) {
    Picture large = plain({384, 384}, white);
    fill(large, {24, 24, 336, 336}, black);
    fill(large, {51, 51, 282, 282}, white);
    Random random(seed);
    for (const bool upright : {false, true, false, true}) {
        const int x = 96 + 48 * random.between(0, 3);
        const int y = 96 + 48 * random.between(0, 3);
        fill(large, upright ? Region{x, y, 27, 120} : Region{x, y, 120, 27}, black);
    }
    return resize(large, {side, side});
}

TEST_CASE("an icon of half the size is a copy", "[registration]") {
    for (const int side : {32, 48, 64}) {
        for (const std::uint32_t seed : {1U, 2U, 3U, 4U}) {
            INFO(side << " pixels, seed " << seed);
            const Picture large = icon(side, seed);
            const Picture small = resize(large, {side / 2, side / 2});
            CHECK(copy_kind(compare(large, small), false) == CopyKind::near_duplicate);
            const Picture other = icon(side, seed + 10);
            CHECK(copy_kind(compare(large, other), false) != CopyKind::near_duplicate);
        }
    }
}

TEST_CASE("icons that have little more than their frame in common are no variants",
          "[registration]") {
    for (const int side : {32, 64}) {
        for (const std::uint32_t seed : {2U, 7U, 8U}) {
            INFO(side << " pixels, seed " << seed);
            const Picture one = icon(side, seed);
            CHECK(copy_kind(compare(one, icon(side, seed + 10)), false) == CopyKind::none);
            CHECK(copy_kind(compare(one, icon(2 * side, seed + 10)), false) == CopyKind::none);
        }
    }
    // A spot on an icon is a variant all the same.
    const Picture whole = icon(48, 1);
    Picture spotted = whole;
    fill(spotted, {28, 28, 9, 9}, {200, 30, 30});
    CHECK(copy_kind(compare(whole, spotted), false) == CopyKind::variant);
}

/// What a camera adds.
Picture noisy(Picture picture, std::uint32_t seed) {
    constexpr int most = 8;
    Random random(seed);
    for (std::uint8_t& level : picture.rgb) {
        level = static_cast<std::uint8_t>(std::clamp(level + random.between(-most, most), 0, 255));
    }
    return picture;
}

TEST_CASE("what a blur leaves is looked at from far enough away", "[registration]") {
    const auto blur = [](const Picture& picture, int times) {
        return resize(resize(picture, {picture.size.width / times, picture.size.height / times}),
                      picture.size);
    };
    for (const std::uint32_t seed : {1U, 2U}) {
        for (const Size size : {Size{1400, 320}, Size{1600, 400}}) {
            const Picture picture = noisy(clouds(size, seed), seed);
            const Picture other = noisy(clouds(size, seed + 10), seed);
            for (const int times : {16, 24}) {
                INFO("seed " << seed << ", a width of " << size.width << ", blurred " << times);
                const Registration r = compare(picture, blur(picture, times));
                CHECK(copy_kind(r, false) == CopyKind::near_duplicate);
                CHECK(has(r, ChangeKind::blurred));
                CHECK(copy_kind(compare(other, blur(picture, times)), false) == CopyKind::none);
            }
        }
    }
}

TEST_CASE("soft pictures of two sizes are neither blurred nor sharpened", "[registration]") {
    for (const std::uint32_t seed : {1U, 2U, 3U, 4U}) {
        const Picture picture = clouds({300, 200}, seed);
        for (const Size size : {Size{200, 133}, Size{150, 100}, Size{100, 67}}) {
            INFO("seed " << seed << ", to a width of " << size.width);
            const Registration r = compare(picture, resize(picture, size));
            CHECK(has(r, ChangeKind::resized));
            CHECK_FALSE(has(r, ChangeKind::blurred));
            CHECK_FALSE(has(r, ChangeKind::sharpened));
        }
    }
}

TEST_CASE("what covers a page's margin is no border", "[registration]") {
    const Picture letters = page({900, 1200}, 9, 20);
    Picture changed = letters;
    fill(changed, {500, 700, 400, 500}, {120, 100, 200});
    const Registration r = compare(letters, changed);
    CHECK(copy_kind(r, false) == CopyKind::variant);
    REQUIRE(r.differences.size() == 1);
    CHECK(overlaps(r.differences.front().a, {500, 700, 400, 500}));
}

TEST_CASE("forms that are filled in otherwise everywhere are no variants", "[registration]") {
    const Picture form = page({900, 1200}, 10, 40);
    const auto filled_in = [&form](std::uint32_t seed) {
        Picture picture = form;
        const Picture other = page({900, 1200}, seed, 40);
        // Every other line's second half is a field of its own.
        for (int line = 0; line < 40; line += 2) {
            for (int y = 36 + line * 24; y < 60 + line * 24; ++y) {
                std::copy_n(
                    other.rgb.begin() + static_cast<std::ptrdiff_t>(other.offset(450, y)), 3 * 450,
                    picture.rgb.begin() + static_cast<std::ptrdiff_t>(other.offset(450, y)));
            }
        }
        return picture;
    };
    const Registration r = compare(filled_in(11), filled_in(12));
    REQUIRE(r.registered);
    CHECK(r.agreement_a > 0.5);
    CHECK(r.differences.size() >= 16);
    CHECK(copy_kind(r, false) == CopyKind::none);
}

TEST_CASE("a copy's edges may be a little off where hardly anything is left open",
          "[registration]") {
    const Picture picture = scene({480, 360}, 14);
    Registration r = compare(picture, picture);
    r.agreement_a = 0.9;
    r.noise = 0.01;
    CHECK(copy_kind(r, false) == CopyKind::near_duplicate);
    r.noise = 0.05;
    CHECK(copy_kind(r, false) == CopyKind::none);
    r.noise = 0.01;
    r.agreement_a = 0.8;
    CHECK(copy_kind(r, false) == CopyKind::none);
}

TEST_CASE("strangers are no copies", "[registration]") {
    for (std::uint32_t seed = 1; seed <= 12; ++seed) {
        const Registration r = compare(scene({480, 360}, seed), scene({480, 360}, seed + 100));
        CHECK(copy_kind(r, false) == CopyKind::none);
        CHECK(changes_of(r).empty());
    }
    CHECK(copy_kind(compare(page({900, 1200}, 1, 40), page({900, 1200}, 2, 40)), false) ==
          CopyKind::none);
}

TEST_CASE("plain pictures are compared by colour and position alone", "[registration]") {
    constexpr Rgb blue{0, 0, 255};
    for (const Rgb& one : {white, black, blue}) {
        for (const Rgb& other : {white, black, blue}) {
            const Registration r = compare(plain({300, 200}, one), plain({150, 100}, other));
            CHECK(r.content_a == ContentKind::none);
            CHECK_FALSE(r.registered);
            CHECK(copy_kind(r, false) ==
                  (one == other ? CopyKind::near_duplicate : CopyKind::none));
        }
    }
    // A page with one line on it is no blank page.
    const Registration line = compare(plain({900, 1200}, white), page({900, 1200}, 3, 1));
    CHECK(line.content_a == ContentKind::none);
    CHECK(line.content_b != ContentKind::none);
    CHECK(copy_kind(line, false) == CopyKind::none);
}

TEST_CASE("artwork on a transparent ground is looked at where it shows", "[registration]") {
    const auto artwork = [](std::uint32_t seed) {
        // What is dark on the page is white and opaque, the rest is transparent.
        const Picture shape = page({300, 300}, seed, 9);
        std::vector<std::uint8_t> rgba;
        for (std::size_t i = 0; i < shape.rgb.size(); i += 3) {
            const auto alpha = static_cast<std::uint8_t>(255 - shape.rgb[i]);
            rgba.insert(rgba.end(), {255, 255, 255, alpha});
        }
        auto input = read_picture(ImageView::create(rgba, {300, 300}, 4, 1200).value(), {}, white,
                                  {.detail = true});
        REQUIRE(input);
        auto description = describe_picture(std::move(*input.value().detail));
        REQUIRE(description);
        return std::move(description).value();
    };
    const PictureDescription one = artwork(1);
    const PictureDescription other = artwork(2);
    CHECK(one.content != ContentKind::none);
    CHECK(copy_kind(register_pictures(one, one).value(), false) == CopyKind::near_duplicate);
    CHECK(copy_kind(register_pictures(one, other).value(), false) == CopyKind::none);
}

TEST_CASE("b seen from a is a seen from b", "[registration]") {
    const Picture picture = scene({600, 450}, 9);
    Picture other = resize(crop(picture, {50, 60, 480, 360}), {360, 270});
    fill(other, {100, 100, 50, 40}, {20, 240, 60});
    const Registration forth = compare(picture, other);
    const Registration back = compare(other, picture);
    REQUIRE(forth.registered);
    CHECK(forth.covered_a == back.covered_b);
    CHECK(forth.agreement_a == back.agreement_b);
    CHECK(forth.agreement_b == back.agreement_a);
    CHECK(forth.noise == back.noise);
    CHECK(copy_kind(forth, false) == copy_kind(back, false));
    check_equal(forth.overlap_a, back.overlap_b);
    REQUIRE(forth.differences.size() == back.differences.size());
    for (std::size_t i = 0; i < forth.differences.size(); ++i) {
        check_equal(forth.differences[i].a, back.differences[i].b);
        check_equal(forth.differences[i].b, back.differences[i].a);
    }
    CHECK(forth.transform.scale == Approx(1.0 / back.transform.scale));
    CHECK(forth.transform.sine == Approx(-back.transform.sine).margin(1e-9));
}

TEST_CASE("any size is taken", "[registration]") {
    const Picture usual = scene({400, 300}, 10);
    for (const Size size : {Size{1, 1}, Size{1, 4000}, Size{4000, 1}, Size{2, 3}, Size{16, 16},
                            Size{17, 2000}, Size{3000, 40}}) {
        const Picture odd = resize(usual, size);
        INFO(size.width << " × " << size.height);
        const Registration with_itself = compare(odd, odd);
        CHECK(copy_kind(with_itself, true) == CopyKind::identical);
        const Registration with_usual = compare(odd, usual);
        CHECK(with_usual.covered_a >= 0.0);
        CHECK(with_usual.covered_a <= 1.0 + 1e-9);
    }
}
