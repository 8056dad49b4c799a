#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "likeness/candidates.hpp"
#include "likeness/collection.hpp"
#include "support/catch.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr Rgb white{255, 255, 255};

/// A picture, its fingerprint and its corners.
struct Item {
    Fingerprint fingerprint;
    SketchFeatures features;
};

Item item_of(const Picture& picture) {
    return {fingerprint(picture.view(), white).value(), SketchFeatures::of(picture.view()).value()};
}

/// Pictures of coarse clouds and rectangles, each followed by a part of it and by itself, mirrored.
std::vector<Item> family(std::uint32_t scenes) {
    std::vector<Item> items;
    for (std::uint32_t seed = 1; seed <= scenes; ++seed) {
        Picture picture = clouds({220, 180}, seed);
        Random random(seed * 2654435761U + 1U);
        for (int i = 0; i < 150; ++i) {
            const int side = random.between(4, 30);
            const int left = random.between(0, 220 - side);
            const int top = random.between(0, 180 - side);
            const auto bytes = random_bytes(3, random.next());
            for (int y = top; y < top + side; ++y) {
                for (int x = left; x < left + side; ++x) {
                    std::copy(
                        bytes.begin(), bytes.end(),
                        picture.rgb.begin() + static_cast<std::ptrdiff_t>(picture.offset(x, y)));
                }
            }
        }
        items.push_back(item_of(picture));
        items.push_back(item_of(crop(picture, {0, 0, 170, 150})));
        items.push_back(item_of(turn(picture, Orientation::top_right)));
    }
    return items;
}

using Numbers = std::set<std::pair<std::uint32_t, std::uint32_t>>;

/// What a collection suggests, without embeddings in common.
Numbers suggested_by_collection(const std::vector<Item>& items) {
    const std::vector<double> cosines{-1.0, 1.0};
    const std::vector<double> scores{0.0, 100.0};
    Collection collection =
        Collection::create({"m@1/whole", 64, {}, Calibration::create(cosines, scores).value()})
            .value();
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto vector = random_floats(64, static_cast<std::uint32_t>(i) * 7919U + 1U);
        for (float& value : vector) value -= 0.5F;
        const auto sketch = PictureSketch::of(items[i].fingerprint, items[i].features).value();
        REQUIRE(collection.add({"m@1/whole", vector}, sketch, {}));
    }
    collection.advance(items.size());
    Numbers pairs;
    for (const auto& [a, b] : collection.candidates(100000)) pairs.insert({b, a});
    return pairs;
}

/// What the searches suggest, of which that for corners is split.
Numbers suggested_by_searches(const std::vector<Item>& items, std::uint32_t shares) {
    std::vector<std::vector<CornerHit>> hits(items.size());
    for (std::uint32_t number = 0; number < shares; ++number) {
        auto search = CornerSearch::create({number, shares}).value();
        for (std::uint32_t i = 0; i < items.size(); ++i) {
            const auto found = search.take(i, items[i].features.corners.points);
            // The last share's come first: their order is of no importance.
            hits[i].insert(hits[i].begin(), found.begin(), found.end());
        }
    }
    HashSearch hashes;
    Numbers pairs;
    for (std::uint32_t i = 0; i < items.size(); ++i) {
        const auto near =
            CornerSearch::candidates(hits[i], items[i].features.corners.points).value();
        for (const std::uint32_t other : near) pairs.insert({i, other});
        const auto close = hashes.find(items[i].fingerprint).value();
        for (const std::uint32_t other : close) pairs.insert({i, other});
        REQUIRE(hashes.add(i, items[i].fingerprint));
    }
    return pairs;
}

std::vector<float> noise(std::size_t dimension, std::uint32_t seed) {
    auto values = random_floats(dimension, seed * 2654435761U + 3U);
    for (float& value : values) value -= 0.5F;
    return values;
}

}  // namespace

TEST_CASE("Searches that share the corners find together what a collection finds", "[candidates]") {
    const auto items = family(12);
    const Numbers expected = suggested_by_collection(items);
    // Each with its part and its mirror image, at least.
    CHECK(expected.size() >= 24);
    for (const std::uint32_t shares : {1U, 2U, 7U, 40U}) {
        INFO(shares << " shares");
        CHECK(suggested_by_searches(items, shares) == expected);
    }
}

TEST_CASE("A search for corners refuses what is none", "[candidates]") {
    CHECK_FALSE(CornerSearch::create({1, 1}));
    CHECK_FALSE(CornerSearch::create({0, 0}));
    CHECK_FALSE(CornerSearch::create({0, CornerShare::most + 1}));
    CHECK(CornerSearch::create({CornerShare::most - 1, CornerShare::most}));
    const auto items = family(1);
    const auto& points = items[0].features.corners.points;
    CornerHit hit{};
    hit.direction_x = 127;
    CHECK(CornerSearch::candidates(std::vector{hit}, points));
    hit.point = static_cast<std::uint8_t>(points.size());
    CHECK_FALSE(CornerSearch::candidates(std::vector{hit}, points));
    hit = {};
    CHECK_FALSE(CornerSearch::candidates(std::vector{hit}, points));
}

TEST_CASE("Trees find near embeddings, whoever shares them", "[candidates]") {
    constexpr std::size_t dimension = 512;
    constexpr std::uint32_t count = 3000;
    auto whole = NearSearch::create(dimension).value();
    auto first = NearSearch::create(dimension).value();
    auto second = NearSearch::create(dimension).value();
    Numbers planted;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto vector = noise(dimension, i);
        if (i % 30 == 29) {
            // A cosine of 0.91 to 0.93 with one before it.
            const auto copied = noise(dimension, i - 7);
            for (std::size_t k = 0; k < dimension; ++k) vector[k] = copied[k] + 0.42F * vector[k];
            planted.insert({i, i - 7});
        }
        const bool wanted = i % 30 == 29;
        for (auto* search : {&whole, &first, &second}) REQUIRE(search->add(vector, wanted));
    }
    const std::uint32_t trees = NearSearch::trees_for(count);
    for (std::uint32_t tree = 0; tree < trees; ++tree) {
        whole.search(tree);
        (tree % 3 == 0 ? first : second).search(tree);
    }
    Numbers found;
    for (const NearPair& pair : whole.found()) {
        CHECK(pair.cosine == Approx(0.92).margin(0.04));
        found.insert({pair.later, pair.earlier});
    }
    CHECK(found == planted);
    Numbers shared;
    for (const auto* search : {&first, &second}) {
        for (const NearPair& pair : search->found()) shared.insert({pair.later, pair.earlier});
    }
    CHECK(shared == found);
}

TEST_CASE("Trees of more embeddings than are copied at once tell them by their numbers",
          "[candidates]") {
    constexpr std::size_t dimension = 64;
    constexpr std::uint32_t count = 70'000;
    auto search = NearSearch::create(dimension).value();
    Numbers planted;
    for (std::uint32_t i = 0; i < count; ++i) {
        const bool copy = i % 1000 == 999;
        const std::uint32_t original = i - i % 1000;
        if (copy) planted.insert({i, original});
        REQUIRE(search.add(noise(dimension, copy ? original : i), true));
    }
    // Copies without a difference part only where a split goes right through them.
    for (std::uint32_t tree = 0; tree < 3; ++tree) search.search(tree);
    Numbers found;
    for (const NearPair& pair : search.found()) found.insert({pair.later, pair.earlier});
    CHECK(found == planted);
}

TEST_CASE("As many trees as a million embeddings take, or more", "[candidates]") {
    CHECK(NearSearch::trees_for(10) == NearSearch::trees_for(1'000'000));
    CHECK(NearSearch::trees_for(1'000'000) == 74);
    CHECK(NearSearch::trees_for(10'000'000) > 74);
}

TEST_CASE("Equal embeddings end the trees, and pairs that nobody wants aren't told",
          "[candidates]") {
    auto search = NearSearch::create(8).value();
    const std::vector<float> vector{1, 2, 3, 4, 5, 6, 7, 8};
    for (int i = 0; i < 500; ++i) REQUIRE(search.add(vector, i == 400));
    search.search(0);
    const auto found = search.found();
    CHECK_FALSE(found.empty());
    for (const NearPair& pair : found) {
        CHECK((pair.later == 400 || pair.earlier == 400));
        CHECK(pair.cosine == Approx(1.0));
    }
    CHECK_FALSE(search.add(std::vector<float>(8), true));
    CHECK_FALSE(search.add(std::vector<float>(7, 1.0F), true));
    CHECK_FALSE(NearSearch::create(0));
}
