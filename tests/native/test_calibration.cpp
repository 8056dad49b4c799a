#include <cmath>

#include "likeness/calibration.hpp"
#include "support/catch.hpp"

using namespace likeness;

namespace {

const std::vector<double> cosines{-1.0, 0.39, 0.49, 0.67, 0.9, 0.99, 1.0};
const std::vector<double> scores{0.0, 5.0, 20.0, 60.0, 90.0, 99.0, 100.0};

}  // namespace

TEST_CASE("the calibration passes through its knots", "[calibration]") {
    const auto calibration = Calibration::create(cosines, scores);
    REQUIRE(calibration);
    for (std::size_t i = 0; i < cosines.size(); ++i) {
        CHECK(calibration.value().score(cosines[i]) == scores[i]);
    }
    CHECK(calibration.value().score(-1.5) == 0.0);
    CHECK(calibration.value().score(1.5) == 100.0);
    CHECK(std::isnan(calibration.value().score(NAN)));
}

TEST_CASE("the calibration strictly increases", "[calibration]") {
    // The second one has the abrupt changes of slope on which a plain cubic would overshoot.
    const std::vector<double> steps{0.0, 0.001, 0.002, 99.0, 99.001, 99.9, 100.0};
    for (const auto& knots : {scores, steps}) {
        const auto calibration = Calibration::create(cosines, knots);
        REQUIRE(calibration);
        double previous = -1.0;
        bool increasing = true;
        for (int i = -20000; i <= 20000; ++i) {
            const double score = calibration.value().score(i / 20000.0);
            increasing = increasing && score > previous;
            previous = score;
        }
        CHECK(increasing);
    }
}

TEST_CASE("two knots make a straight line", "[calibration]") {
    const auto calibration = Calibration::create(std::vector{-1.0, 1.0}, std::vector{0.0, 100.0});
    REQUIRE(calibration);
    CHECK(calibration.value().score(0.0) == 50.0);
    CHECK(calibration.value().score(0.5) == 75.0);
}

TEST_CASE("knots that make no calibration are refused", "[calibration]") {
    const auto refused = [](const std::vector<double>& x, const std::vector<double>& y) {
        const auto calibration = Calibration::create(x, y);
        return !calibration && calibration.error().code == ErrorCode::invalid_argument;
    };
    CHECK(refused({}, {}));
    CHECK(refused({-1}, {0}));
    CHECK(refused({-1, 0, 1}, {0, 100}));
    CHECK(refused({-1, 0, 0, 1}, {0, 40, 50, 100}));
    CHECK(refused({-1, 0, 0.5, 1}, {0, 50, 50, 100}));
    CHECK(refused({-1, NAN, 1}, {0, 50, 100}));
    CHECK(refused({-0.9, 1}, {0, 100}));
    CHECK(refused({-1, 0.9}, {0, 100}));
    CHECK(refused({-1, 1}, {1, 100}));
    CHECK(refused({-1, 1}, {0, 99}));
}
