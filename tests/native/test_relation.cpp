#include <cmath>

#include "likeness/relation.hpp"
#include "support/catch.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr Orientation all[] = {Orientation::top_left,     Orientation::top_right,
                               Orientation::bottom_right, Orientation::bottom_left,
                               Orientation::left_top,     Orientation::right_top,
                               Orientation::right_bottom, Orientation::left_bottom};

Fingerprint take(const Picture& picture) {
    return fingerprint(picture.view(), {255, 255, 255}).value();
}

RelationEvidence compare(const Picture& a, const Picture& b,
                         std::span<const Orientation> candidates = all) {
    auto evidence = compare_fingerprints(take(a), take(b), candidates);
    REQUIRE(evidence);
    return std::move(evidence).value();
}

}  // namespace

TEST_CASE("a picture is the same as itself", "[relation]") {
    const Picture picture = clouds({300, 200}, 1);
    const auto evidence = compare(picture, picture);
    CHECK(evidence.same_pixels);
    CHECK(evidence.candidates.size() == 8);
    CHECK(evidence.best_candidate == 0);
    CHECK(evidence.best().dct == 0);
    CHECK(evidence.best().gradient == 0);
    CHECK(evidence.full_correlation == Approx(1.0));
    CHECK(evidence.window_correlation >= evidence.full_correlation);
    CHECK_FALSE(evidence.cropped);
    CHECK_FALSE(evidence.greyscale);

    Picture other = picture;
    other.rgb[7] ^= 1U;
    CHECK_FALSE(compare(picture, other).same_pixels);
}

TEST_CASE("every turn is found and named", "[relation]") {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
        const Picture picture = clouds({300, 220}, seed);
        for (const Orientation orientation : all) {
            const auto evidence = compare(turn(picture, orientation), picture);
            CHECK(evidence.best().orientation == orientation);
            CHECK(evidence.best().dct + evidence.best().gradient <= 6);
            CHECK(evidence.full_correlation > 0.99);
            CHECK_FALSE(evidence.cropped);
        }
    }
}

TEST_CASE("the undone turn is what makes the second picture", "[relation]") {
    const Picture picture = clouds({31, 20}, 2);
    for (const Orientation orientation : all) {
        const Turn undone = undone_turn(orientation);
        Picture made = picture;
        if (undone.mirrored) made = turn(made, Orientation::top_right);
        for (int i = 0; i < undone.degrees / 90; ++i) made = turn(made, Orientation::right_top);
        CHECK(turn(made, orientation).rgb == picture.rgb);
    }
    CHECK(undone_turn(Orientation::top_right) == Turn{true, 0});
    CHECK(undone_turn(Orientation::left_bottom) == Turn{false, 90});
}

TEST_CASE("of equally good candidates the first is the best", "[relation]") {
    const Picture flat{{90, 90}, std::vector<std::uint8_t>(90 * 90 * 3, 120)};
    CHECK(compare(flat, flat).best_candidate == 0);
    constexpr Orientation twice[] = {Orientation::bottom_left, Orientation::top_left,
                                     Orientation::top_left};
    const Picture picture = clouds({300, 200}, 3);
    CHECK(compare(picture, picture, twice).best_candidate == 1);
}

TEST_CASE("grey is named where exactly one is grey", "[relation]") {
    const Picture picture = clouds({300, 200}, 4);
    const Picture grey = desaturate(picture);
    CHECK(compare(picture, grey).greyscale);
    CHECK(compare(grey, picture).greyscale);
    CHECK_FALSE(compare(grey, grey).greyscale);
    CHECK_FALSE(compare(picture, picture).greyscale);
}

TEST_CASE("crops are found both ways, turned ones too", "[relation]") {
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        const Picture picture = clouds({400, 300}, seed);
        for (const Region& region :
             {Region{0, 0, 346, 260}, Region{54, 40, 346, 260}, Region{20, 50, 300, 225},
              Region{0, 30, 400, 250}, Region{60, 10, 300, 270}}) {
            INFO("seed " << seed << ", " << region.width << " × " << region.height);
            const Picture window = crop(picture, region);
            for (const bool swapped : {false, true}) {
                const auto evidence = swapped ? compare(window, picture) : compare(picture, window);
                CHECK(evidence.best_candidate == 0);
                CHECK(evidence.cropped);
                CHECK(evidence.window_correlation > 0.97);
                CHECK(evidence.window_correlation > evidence.full_correlation);
            }
        }
        const auto turned =
            compare(picture, turn(crop(picture, {15, 10, 360, 270}), Orientation::right_top));
        CHECK(turned.best().orientation == Orientation::left_bottom);
        CHECK(turned.cropped);
    }
}

TEST_CASE("what isn't a crop isn't called one", "[relation]") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        const Picture picture = clouds({400, 300}, seed);
        CHECK_FALSE(compare(picture, resize(picture, {200, 150})).cropped);
        const auto bordered = compare(picture, add_border(picture, 20, {255, 255, 255}));
        CHECK(bordered.full_correlation > 0.97);
        CHECK(bordered.best().dct <= 12);
        const auto other = compare(picture, clouds({400, 300}, seed + 1000));
        CHECK_FALSE(other.cropped);
        CHECK(other.window_correlation < 0.9);
        CHECK(std::abs(other.full_correlation) < 0.8);
    }
}

TEST_CASE("uniform pictures correlate with nothing", "[relation]") {
    const Picture flat{{90, 60}, std::vector<std::uint8_t>(90 * 60 * 3, 120)};
    for (const Picture& other : {flat, clouds({90, 60}, 1)}) {
        const auto evidence = compare(flat, other);
        CHECK(evidence.full_correlation == 0.0);
        CHECK(evidence.window_correlation == 0.0);
        CHECK_FALSE(evidence.cropped);
    }
}

TEST_CASE("agreement rises from 0 to 1, most of all near a correlation of 1", "[relation]") {
    CHECK(agreement(-1.0) == 0.0);
    CHECK(agreement(0.0) == 0.0);
    CHECK(agreement(1.0) == 1.0);
    double last = 0.0;
    double step = 0.0;
    for (const double correlation : {0.25, 0.5, 0.75, 1.0}) {
        CHECK(agreement(correlation) - last > step);
        step = agreement(correlation) - last;
        last = agreement(correlation);
    }
}

TEST_CASE("the margin is the linear rule", "[relation]") {
    RelationEvidence evidence;
    evidence.candidates = {{Orientation::top_left, 32, 30}, {Orientation::top_right, 16, 8}};
    evidence.best_candidate = 1;
    evidence.full_correlation = 0.25;
    evidence.window_correlation = 0.9375;
    const NearDuplicateRule rule{
        .cosine = 8.0, .dct = 4.0, .gradient = 2.0, .agreement = 1.0, .bias = -5.0};
    CHECK(near_duplicate_margin(rule, 0.75, evidence) == -5.0 + 6.0 - 1.0 - 0.25 + 0.5);
}

TEST_CASE("fingerprints that can't be compared are refused", "[relation]") {
    const auto good = take(clouds({30, 20}, 1));
    CHECK(compare_fingerprints(good, good, {}).error().code == ErrorCode::invalid_argument);
    Fingerprint bad = good;
    bad.luma.pop_back();
    CHECK(compare_fingerprints(good, bad, all).error().code == ErrorCode::invalid_argument);
    bad = good;
    bad.full_luma.clear();
    CHECK(compare_fingerprints(bad, good, all).error().code == ErrorCode::invalid_argument);
    bad = good;
    bad.size = {0, 20};
    CHECK(compare_fingerprints(bad, good, all).error().code == ErrorCode::invalid_argument);
}
