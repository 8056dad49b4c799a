#include <cmath>

#include "likeness/perceptual_hash.hpp"
#include "support/catch.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t side = Fingerprint::luma_side;

Fingerprint take(const Picture& picture) {
    return fingerprint(picture.view(), {255, 255, 255}).value();
}

/// The definition, in floating point: 32 × 32 means, cosines from the C library.
std::uint64_t naive_dct_hash(const Bytes& luma) {
    const double pi = std::acos(-1.0);
    std::vector<double> frequencies;
    for (int v = 0; v < 8; ++v) {
        for (int u = 0; u < 8; ++u) {
            double sum = 0.0;
            for (std::size_t y = 0; y < 32; ++y) {
                for (std::size_t x = 0; x < 32; ++x) {
                    const std::size_t corner = 2 * y * side + 2 * x;
                    const double mean = (luma[corner] + luma[corner + 1] + luma[corner + side] +
                                         luma[corner + side + 1]) /
                                        4.0;
                    sum += mean * std::cos(pi / 32 * (static_cast<double>(x) + 0.5) * u) *
                           std::cos(pi / 32 * (static_cast<double>(y) + 0.5) * v);
                }
            }
            frequencies.push_back(sum);
        }
    }
    auto sorted = frequencies;
    std::sort(sorted.begin(), sorted.end());
    const double median = (sorted[31] + sorted[32]) / 2.0;
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < 64; ++i) {
        if (frequencies[i] > median) hash |= std::uint64_t{1} << i;
    }
    return hash;
}

/// The mean over [from, to) of row `row` of eight, with parts of pixels at both ends.
double area_mean(const Bytes& luma, std::size_t row, double from, double to) {
    double sum = 0.0;
    for (std::size_t y = 8 * row; y < 8 * row + 8; ++y) {
        for (std::size_t x = 0; x < side; ++x) {
            const auto left = static_cast<double>(x);
            const double covered = std::min(to, left + 1.0) - std::max(from, left);
            if (covered > 0.0) sum += covered * luma[y * side + x];
        }
    }
    return sum / (8.0 * (to - from));
}

}  // namespace

TEST_CASE("the hashes are those of their definitions", "[perceptual hash]") {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        const auto luma = take(clouds({200, 170}, seed)).luma;
        const auto hash = perceptual_hash(luma).value();
        CHECK(hash.dct == naive_dct_hash(luma));
        for (std::size_t row = 0; row < 8; ++row) {
            for (std::size_t i = 0; i < 8; ++i) {
                const double width = 64.0 / 9.0;
                const double first = static_cast<double>(i) * width;
                const double left = area_mean(luma, row, first, first + width);
                const double right = area_mean(luma, row, first + width, first + 2.0 * width);
                if (std::abs(left - right) < 1e-9) continue;
                CHECK((hash.gradient >> (8 * row + i) & 1U) == (left < right ? 1U : 0U));
            }
        }
    }
}

TEST_CASE("half of the DCT hash's bits are set", "[perceptual hash]") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        const auto hash = perceptual_hash(random_bytes(side * side, seed)).value();
        CHECK(hamming_distance(hash.dct, 0) == 32);
    }
    const auto flat = perceptual_hash(Bytes(side * side, 200)).value();
    CHECK(hamming_distance(flat.dct, 0) <= 1);
    CHECK(flat.gradient == 0);
}

TEST_CASE("a turned picture has the hash of the turned fingerprint", "[perceptual hash]") {
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        for (std::uint8_t value = 1; value <= 8; ++value) {
            const auto orientation = static_cast<Orientation>(value);
            for (const Size size : {Size{384, 256}, Size{317, 211}}) {
                INFO("seed " << seed << ", orientation " << int{value} << ", " << size.width);
                const Picture picture = clouds(size, seed);
                const auto turned = perceptual_hash(take(turn(picture, orientation))).value();
                const auto predicted = perceptual_hash(take(picture), orientation).value();
                if (size.width == 384 && !swaps_axes(orientation)) CHECK(turned == predicted);
                CHECK(hamming_distance(turned.dct, predicted.dct) <= 4);
                CHECK(hamming_distance(turned.gradient, predicted.gradient) <= 4);
            }
        }
    }
}

TEST_CASE("hashes stay near under edits that keep the picture", "[perceptual hash]") {
    int other_dct = 0;
    int other_gradient = 0;
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
        const Picture picture = clouds({400, 300}, seed);
        const auto hash = perceptual_hash(take(picture)).value();
        const auto near = [&](const Picture& edited, int most) {
            const auto other = perceptual_hash(take(edited)).value();
            CHECK(hamming_distance(hash.dct, other.dct) <= most);
            CHECK(hamming_distance(hash.gradient, other.gradient) <= most);
        };
        near(resize(picture, {200, 150}), 2);
        near(resize(picture, {800, 600}), 2);
        near(add_border(picture, 10, {0, 0, 0}), 8);
        near(add_border(picture, 10, {255, 255, 255}), 8);
        Picture darker = picture;
        for (auto& value : darker.rgb) value = static_cast<std::uint8_t>(value * 7 / 10);
        near(darker, 4);
        const auto other = perceptual_hash(take(clouds({400, 300}, seed + 100))).value();
        other_dct += hamming_distance(hash.dct, other.dct);
        other_gradient += hamming_distance(hash.gradient, other.gradient);
    }
    CHECK(other_dct > 10 * 24);
    CHECK(other_gradient > 10 * 24);
}

TEST_CASE("the Hamming distance counts bits", "[perceptual hash]") {
    CHECK(hamming_distance(0, 0) == 0);
    CHECK(hamming_distance(0, ~std::uint64_t{0}) == 64);
    CHECK(hamming_distance(0xF0F0F0F0F0F0F0F0U, 0x0F0F0F0F0F0F0F0FU) == 64);
    CHECK(hamming_distance(std::uint64_t{1} << 63U, 1) == 2);
}

TEST_CASE("a luma of another size is refused", "[perceptual hash]") {
    for (const std::size_t length : {0U, 4095U, 4097U}) {
        CHECK(perceptual_hash(Bytes(length)).error().code == ErrorCode::invalid_argument);
    }
    CHECK(perceptual_hash(Fingerprint{}).error().code == ErrorCode::invalid_argument);
}
