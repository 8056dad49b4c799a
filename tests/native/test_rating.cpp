#include <cmath>

#include "likeness/rating.hpp"
#include "support/catch.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr Orientation all[] = {Orientation::top_left,     Orientation::top_right,
                               Orientation::bottom_right, Orientation::bottom_left,
                               Orientation::left_top,     Orientation::right_top,
                               Orientation::right_bottom, Orientation::left_bottom};

Calibration straight_line() {
    const std::vector<double> cosines{-1.0, 1.0};
    const std::vector<double> scores{0.0, 100.0};
    return Calibration::create(cosines, scores).value();
}

/// Near-duplicate where cosine - (dct + gradient) / 64 is at least 0.8; similar from 70 up.
RatingModel model() { return {straight_line(), straight_line(), 70.0, {1.0, 1.0, 1.0, 0.0, -0.8}}; }

/// Of a model without a mean embedding.
Cosines both(double cosine) { return {.plain = cosine, .centred = cosine}; }

Fingerprint take(const Picture& picture) {
    return fingerprint(picture.view(), {255, 255, 255}).value();
}

}  // namespace

TEST_CASE("a cosine alone is similar or different", "[rating]") {
    const Rating high = rate(model(), both(1.0)).value();
    CHECK(high.verdict == Verdict::similar);
    CHECK(high.score == 100.0);
    CHECK(high.probability == 1.0);
    CHECK_FALSE(high.evidence);
    CHECK_FALSE(high.margin);
    CHECK(rate(model(), both(0.0)).value().verdict == Verdict::different);
    CHECK(rate(model(), both(NAN)).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("score and probability come from the centred cosine", "[rating]") {
    const Rating rating = rate(model(), {.plain = 0.9, .centred = 0.2}).value();
    CHECK(rating.score == straight_line().score(0.2));
    CHECK(rating.probability == straight_line().score(0.2) / 100.0);
    CHECK(rating.cosines.plain == 0.9);
}

TEST_CASE("pixels and cosine together make the verdict", "[rating]") {
    const Picture picture = clouds({300, 200}, 1);
    const auto one = take(picture);
    const std::vector<Cosines> cosine{both(0.95)};
    const auto verdict_with = [&](const Fingerprint& other) {
        return rate(model(), cosine, one, other, all).value().verdict;
    };
    CHECK(verdict_with(one) == Verdict::identical);
    CHECK(verdict_with(take(resize(picture, {150, 100}))) == Verdict::near_duplicate);
    CHECK(verdict_with(take(clouds({300, 200}, 2))) == Verdict::similar);

    const std::vector<Cosines> low{both(0.1)};
    CHECK(rate(model(), low, one, take(clouds({300, 200}, 2)), all).value().verdict ==
          Verdict::different);
}

TEST_CASE("the orientation that cosine and hashes like best counts", "[rating]") {
    const Picture picture = clouds({256, 256}, 3);
    const auto one = take(turn(picture, Orientation::right_top));
    const auto other = take(picture);
    std::vector<Cosines> cosines(8, both(0.5));
    cosines[5] = {.plain = 0.9, .centred = 0.7};
    const Rating rating = rate(model(), cosines, one, other, all).value();
    CHECK(rating.evidence->best().orientation == Orientation::right_top);
    CHECK(rating.cosines.plain == 0.9);
    CHECK(rating.score == straight_line().score(0.7));
    CHECK(rating.verdict == Verdict::near_duplicate);

    // A cosine can outweigh hashes that don't help.
    std::vector<Cosines> elsewhere(8, both(0.0));
    elsewhere[2] = both(1.0);
    const Rating moved =
        rate(model(), elsewhere, take(clouds({256, 256}, 4)), take(clouds({256, 256}, 5)), all)
            .value();
    CHECK(moved.evidence->best().orientation == Orientation::bottom_right);
    CHECK(moved.cosines.plain == 1.0);
}

TEST_CASE("ratings refuse what doesn't fit together", "[rating]") {
    const auto print = take(clouds({64, 64}, 6));
    const auto refused = [&](const std::vector<Cosines>& cosines, const Fingerprint& other) {
        const auto rating = rate(model(), cosines, print, other, all);
        return !rating && rating.error().code == ErrorCode::invalid_argument;
    };
    CHECK(refused({}, print));
    CHECK(refused({both(0.5), both(0.5)}, print));
    CHECK(refused({{.plain = 0.5, .centred = NAN}}, print));
    CHECK(refused({both(0.5)}, Fingerprint{}));
}
