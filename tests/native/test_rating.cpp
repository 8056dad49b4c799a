#include <cmath>
#include <vector>

#include "likeness/rating.hpp"
#include "support/catch.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

Calibration straight_line() {
    const std::vector<double> cosines{-1.0, 1.0};
    const std::vector<double> scores{0.0, 100.0};
    return Calibration::create(cosines, scores).value();
}

RatingModel model() { return {straight_line(), straight_line(), 70.0}; }

/// Of a model without a mean embedding.
Cosines both(double cosine) { return {.plain = cosine, .centred = cosine}; }

Rating rate(double cosine, const Evidence& evidence = {}) {
    return rate(model(), std::vector{both(cosine)}, evidence).value();
}

/// What looking at a and b says.
Evidence look_at(const Picture& a, const Picture& b) {
    const auto print = [](const Picture& picture) {
        return fingerprint(picture.view(), {255, 255, 255}).value();
    };
    const auto describe = [](const Picture& picture) {
        return describe_picture(PictureDetail::of(picture.view()).value()).value();
    };
    return examine(print(a), describe(a), print(b), describe(b)).value();
}

Registration registration_of(double covered, double agreement) {
    Registration r;
    r.registered = true;
    r.content_covered_a = 1.0;
    r.content_covered_b = covered;
    r.agreement_a = agreement;
    r.agreement_b = agreement;
    return r;
}

}  // namespace

TEST_CASE("a cosine alone is similar or different", "[rating]") {
    const Rating high = rate(1.0);
    CHECK(high.verdict == Verdict::similar);
    CHECK(high.score < 88.0);
    CHECK(high.probability == 1.0);
    CHECK(rate(0.0).verdict == Verdict::different);
    CHECK(rate(0.4).verdict == Verdict::similar);
    CHECK(rate(0.39).verdict == Verdict::different);
}

TEST_CASE("score and probability come from the centred cosine", "[rating]") {
    const Rating rating =
        rate(model(), std::vector{Cosines{.plain = 0.9, .centred = 0.2}}, {}).value();
    CHECK(rating.score == straight_line().score(0.2));
    CHECK(rating.probability == straight_line().score(0.2) / 100.0);
    CHECK(rating.cosines.plain == 0.9);
}

TEST_CASE("what the model alone says stays below what is proven, in the same order", "[rating]") {
    double before = -1.0;
    for (const double cosine : {-1.0, 0.0, 0.5, 0.6, 0.61, 0.8, 0.99, 1.0}) {
        const double score = rate(cosine).score;
        CHECK(score > before);
        CHECK(score < 88.0);
        before = score;
    }
    CHECK(rate(0.6).score == 80.0);
}

TEST_CASE("images that have a part in common score by how much of them it is", "[rating]") {
    const auto part = [](double agreement) {
        Evidence evidence;
        evidence.registration = registration_of(1.0, agreement);
        return evidence;
    };
    const double similar = model().similar;
    CHECK(rate(1.0, part(0.0)).score == Approx(similar + (87.9 - similar) / 4.0));
    CHECK(rate(1.0, part(0.4)).score == Approx(similar + (87.9 - similar) * 0.55));
    CHECK(rate(1.0, part(0.6)).score > rate(1.0, part(0.5)).score);
    CHECK(rate(1.0, part(1.0)).score == rate(1.0).score);
    CHECK(rate(1.0, part(0.0)).verdict == Verdict::similar);
    // Where the model finds them less alike than that, its word counts.
    CHECK(rate(0.3, part(0.5)).score == rate(0.3).score);
    CHECK(rate(0.3, part(0.5)).verdict == Verdict::different);
    // Without a registration nothing is known of parts.
    Evidence apart = part(0.2);
    apart.registration->registered = false;
    CHECK(rate(1.0, apart).score == rate(1.0).score);
}

TEST_CASE("pixels make the first three verdicts, whatever the model says", "[rating]") {
    const Picture picture = clouds({300, 200}, 1);
    for (const double cosine : {-1.0, 0.95}) {
        CHECK(rate(cosine, look_at(picture, picture)).verdict == Verdict::identical);
        CHECK(rate(cosine, look_at(picture, picture)).score == 100.0);
        const Rating smaller = rate(cosine, look_at(picture, resize(picture, {150, 100})));
        CHECK(smaller.verdict == Verdict::near_duplicate);
        CHECK(smaller.score > 99.0);
        CHECK(smaller.probability == 1.0);
        const Rating mirrored =
            rate(cosine, look_at(picture, turn(picture, Orientation::top_right)));
        CHECK(mirrored.verdict == Verdict::near_duplicate);
        CHECK(mirrored.score >= 88.0);
        CHECK(mirrored.score <= 99.0);
    }
    const Evidence strangers = look_at(picture, clouds({300, 200}, 2));
    CHECK(strangers.copy == CopyKind::none);
    CHECK(rate(0.95, strangers).verdict == Verdict::similar);
    CHECK(rate(0.1, strangers).verdict == Verdict::different);
}

TEST_CASE("copies score by what is common", "[rating]") {
    Evidence whole{false, CopyKind::variant, registration_of(1.0, 1.0), {}};
    Evidence part{false, CopyKind::variant, registration_of(0.2, 0.9), {}};
    CHECK(rate(0.5, whole).score == 97.0);
    CHECK(rate(0.5, part).score < rate(0.5, whole).score);
    CHECK(rate(0.5, part).score > 88.0);
    CHECK(rate(0.5, part).verdict == Verdict::variant);
    for (Evidence* evidence : {&whole, &part}) {
        evidence->copy = CopyKind::near_duplicate;
        evidence->changes = {{ChangeKind::cropped, 0.5, {}, {}}};
    }
    CHECK(rate(0.5, whole).score == 99.0);
    CHECK(rate(0.5, part).score < 99.0);
    whole.changes = {{ChangeKind::resized, 0.5, {}, {}}};
    CHECK(rate(0.5, whole).score == 99.9);
}

TEST_CASE("of several orientations the one that the model likes best counts", "[rating]") {
    const std::vector<Cosines> cosines{both(0.5), {.plain = 0.4, .centred = 0.7}, both(0.6)};
    const Rating rating = rate(model(), cosines, {}).value();
    CHECK(rating.cosines.plain == 0.4);
    CHECK(rating.cosines.centred == 0.7);
}

TEST_CASE("the same first frame of other numbers of frames is no copy", "[rating]") {
    const Picture picture = clouds({200, 200}, 3);
    const auto described = describe_picture(PictureDetail::of(picture.view()).value()).value();
    const Fingerprint still = fingerprint(picture.view(), {255, 255, 255}).value();
    Fingerprint animated = still;
    animated.frames = 12;
    CHECK(compare_fingerprints(still, still).copy == CopyKind::identical);
    CHECK(compare_fingerprints(animated, animated).copy == CopyKind::identical);
    CHECK(compare_fingerprints(still, animated).copy == CopyKind::none);
    const Evidence evidence = examine(still, described, animated, described).value();
    CHECK_FALSE(evidence.same_pixels);
    CHECK(evidence.copy == CopyKind::variant);
    REQUIRE(evidence.changes.size() == 1);
    CHECK(evidence.changes.front().kind == ChangeKind::reanimated);
    CHECK(evidence.changes.front().amount == 12.0);
}

TEST_CASE("ratings refuse what isn't a cosine", "[rating]") {
    const auto refused = [](const std::vector<Cosines>& cosines) {
        const auto rating = rate(model(), cosines, {});
        return !rating && rating.error().code == ErrorCode::invalid_argument;
    };
    CHECK(refused({}));
    CHECK(refused({{.plain = 0.5, .centred = NAN}}));
    CHECK(refused({both(0.5), {.plain = INFINITY, .centred = 0.5}}));
}
