#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "likeness/collection.hpp"
#include "likeness/rating.hpp"
#include "likeness/similarity.hpp"
#include "support/catch.hpp"
#include "support/pictures.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

constexpr Rgb white{255, 255, 255};
constexpr std::size_t dimension = 64;
const std::string model = "mobilenetv2@1/whole";

using Pairs = std::vector<PicturePair>;
using Groups = std::vector<CopyGroup>;
using Vector = std::vector<float>;

Collection empty_collection(Vector mean = {}) {
    const std::vector<double> cosines{-1.0, 0.5, 1.0};
    const std::vector<double> scores{0.0, 50.0, 100.0};
    return Collection::create(
               {model, dimension, std::move(mean), Calibration::create(cosines, scores).value()})
        .value();
}

/// Far from those of other seeds.
Vector random_vector(std::uint32_t seed) {
    auto values = random_floats(dimension, seed * 7919U + 1U);
    for (float& value : values) value -= 0.5F;
    return values;
}

Picture scene(Size size, std::uint32_t seed) {
    Picture picture = clouds(size, seed + 1U);
    Random random(seed * 2654435761U + 1U);
    for (int i = 0; i < 220; ++i) {
        const int width = random.between(3, i < 20 ? size.width / 5 : size.width / 25);
        const int height = random.between(3, width + 3);
        const int left = random.between(0, size.width - 1);
        const int top = random.between(0, size.height - 1);
        const auto bytes = random_bytes(3, random.next());
        for (int y = top; y < std::min(top + height, size.height); ++y) {
            for (int x = left; x < std::min(left + width, size.width); ++x) {
                std::copy(bytes.begin(), bytes.end(),
                          picture.rgb.begin() + static_cast<std::ptrdiff_t>(picture.offset(x, y)));
            }
        }
    }
    return picture;
}

PictureSketch sketch_of(const Picture& picture) {
    const auto print = fingerprint(picture.view(), white);
    REQUIRE(print);
    return PictureSketch::of(print.value(), SketchFeatures::of(picture.view()).value()).value();
}

/// One without hashes in common with others, nor points.
PictureSketch bare_sketch(std::uint32_t seed) {
    PictureSketch sketch;
    sketch.size = {100, 80};
    sketch.digest = {seed, 1};
    Random random(seed * 69069U + 5U);
    const auto word = [&random] {
        return (std::uint64_t{random.next()} << 32U) | std::uint64_t{random.next()};
    };
    for (int i = 0; i < 8; ++i) sketch.hashes.push_back({word(), word()});
    return sketch;
}

void add(Collection& collection, const PictureSketch& sketch, FileFacts file = {}) {
    const auto seed = static_cast<std::uint32_t>(collection.size()) + 1U;
    REQUIRE(collection.add({model, random_vector(seed)}, sketch, file));
}

Collection bare_collection(std::size_t count) {
    Collection collection = empty_collection();
    for (std::uint32_t i = 1; i <= count; ++i) add(collection, bare_sketch(i));
    return collection;
}

CopyProof near_duplicate() {
    CopyProof proof;
    proof.kind = CopyKind::near_duplicate;
    return proof;
}

/// Of two pictures with these proofs, which are handed in as (0, 1), the one that is kept; -1 where
/// neither may go.
int kept_among(const CopyProof& proof, const PictureSketch& first, const PictureSketch& second,
               FileFacts file_a = {}, FileFacts file_b = {}) {
    Collection collection = empty_collection();
    add(collection, first, file_a);
    add(collection, second, file_b);
    REQUIRE(collection.verify({0, 1}, proof));
    const auto groups = collection.groups();
    if (groups.empty()) return -1;
    CHECK(groups.size() == 1);
    return static_cast<int>(groups.front().kept);
}

int kept_of(const CopyProof& proof, FileFacts file_a = {}, FileFacts file_b = {}) {
    return kept_among(proof, bare_sketch(1), bare_sketch(2), file_a, file_b);
}

Picture corner(const Picture& picture, double side) {
    return crop(picture, {0, 0, static_cast<int>(picture.size.width * side),
                          static_cast<int>(picture.size.height * side)});
}

/// Original i at 2 i, a copy of it at 2 i + 1.
std::vector<PictureSketch> originals_and_copies(std::uint32_t count) {
    std::vector<PictureSketch> sketches;
    for (std::uint32_t i = 0; i < count; ++i) {
        const Picture original = scene({360, 240}, i);
        sketches.push_back(sketch_of(original));
        const auto copy = [&] {
            switch (i % 8) {
                case 0:
                    return resize(original, {180, 120});
                case 1:
                    return corner(original, 0.707);
                case 2:
                    return turn(original, Orientation::right_top);
                case 3:
                    return turn(corner(original, 0.8), Orientation::top_right);
                case 4:
                    return add_border(original, 120, {20, 200, 90});
                case 5:
                    return desaturate(original);
                case 6:
                    return resize(corner(original, 0.75), {500, 333});
                default:
                    return turn(original, Orientation::left_top);
            }
        };
        sketches.push_back(sketch_of(copy()));
    }
    return sketches;
}

Vector at_angle(double cosine) {
    Vector vector(dimension);
    vector[0] = static_cast<float>(cosine);
    vector[1] = static_cast<float>(std::sqrt(1.0 - cosine * cosine));
    return vector;
}

SimilarGroups similar_groups(const Collection& collection, std::size_t rows) {
    SimilarSearch search(collection);
    while (search.advance(rows)) {
    }
    return search.finish();
}

ErrorCode code_of(const Status& status) {
    REQUIRE_FALSE(status);
    return status.error().code;
}

}  // namespace

TEST_CASE("copies are candidates however they were cropped, turned, mirrored and framed",
          "[collection]") {
    const auto sketches = originals_and_copies(24);
    Collection collection = empty_collection();
    for (const PictureSketch& sketch : sketches) add(collection, sketch);
    CHECK(collection.searched() == 0);
    CHECK_FALSE(collection.advance(sketches.size()));
    CHECK(collection.searched() == sketches.size());
    const Pairs candidates = collection.candidates(1000);
    CHECK(candidates.size() == collection.candidate_count());
    for (std::size_t original = 0; original < sketches.size(); original += 2) {
        INFO("copy " << original / 2 % 8);
        CHECK(std::count(candidates.begin(), candidates.end(),
                         PicturePair{original, original + 1}) == 1);
    }
    CHECK(candidates.size() <= sketches.size());
}

TEST_CASE("a sketch keeps the strongest points, and little of a picture", "[collection]") {
    const Picture picture = scene({360, 240}, 3);
    const auto features = SketchFeatures::of(picture.view()).value();
    const auto& points = features.corners.points;
    const auto sketch = sketch_of(picture);
    CHECK(points.size() <= SketchFeatures::max_points);
    CHECK(points.size() > SketchFeatures::max_points - 8);
    CHECK(points.back().octave_part > points.front().octave_part);
    CHECK(sketch.points.size() == points.size());
    CHECK(sketch.hashes.size() == 8);
    CHECK(sketch_of(add_border(picture, 40, {0, 0, 0})).hashes.size() == 16);

    Fingerprint print = fingerprint(picture.view(), white).value();
    print.luma.pop_back();
    CHECK(PictureSketch::of(print, features).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("enlarged pictures are told from those with detail", "[collection]") {
    const Picture original = scene({300, 200}, 9);
    const auto oversampling = [](const Picture& picture) {
        return SketchFeatures::of(picture.view()).value().oversampling;
    };
    CHECK(oversampling(original) == 1);
    CHECK(oversampling(resize(original, {150, 100})) == 1);
    CHECK(oversampling(resize(original, {600, 400})) == 2);
    CHECK(oversampling(resize(original, {1200, 800})) == 4);
    CHECK(oversampling(resize(scene({150, 100}, 9), {1200, 800})) ==
          SketchFeatures::most_oversampling);
    CHECK(oversampling({{1, 1}, {1, 2, 3}}) == 1);
    CHECK(oversampling({{2, 3}, std::vector<std::uint8_t>(18, 7)}) == 1);
    CHECK(SketchFeaturesReader::create({0, 5}, 3, white).error().code ==
          ErrorCode::invalid_argument);
    CHECK(SketchFeaturesReader::create({5, 5}, 2, white).error().code ==
          ErrorCode::invalid_argument);
    CHECK(SketchFeaturesReader::create({5, 5}, 3, white).value().finish().error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("features come back from their bytes, damaged ones don't", "[collection]") {
    const Picture picture = scene({360, 240}, 3);
    const auto features = SketchFeatures::of(picture.view()).value();
    const auto sketch = sketch_of(picture);
    auto bytes = pack_features(features);
    CHECK(bytes.size() == 5 + 39 * sketch.points.size());
    const auto same = unpack_features(bytes);
    REQUIRE(same);
    CHECK(same.value().corners.size == features.corners.size);
    CHECK(same.value().oversampling == features.oversampling);
    REQUIRE(same.value().corners.points.size() == sketch.points.size());
    for (std::size_t i = 0; i < sketch.points.size(); ++i) {
        const FeaturePoint& p = sketch.points[i];
        const FeaturePoint& q = same.value().corners.points[i];
        CHECK(p.descriptor == q.descriptor);
        CHECK(std::array{p.x, p.y} == std::array{q.x, q.y});
        CHECK(std::array{p.direction_x, p.direction_y} == std::array{q.direction_x, q.direction_y});
        CHECK(p.octave_part == q.octave_part);
    }
    CHECK(pack_features(same.value()) == bytes);

    const auto code_of_bytes = [](const std::vector<std::uint8_t>& damaged) {
        return unpack_features(damaged).error().code;
    };
    CHECK(code_of_bytes({}) == ErrorCode::invalid_argument);
    CHECK(code_of_bytes({1, 0, 1}) == ErrorCode::invalid_argument);
    CHECK(code_of_bytes(std::vector<std::uint8_t>(5 + 39 * (SketchFeatures::max_points + 1), 1)) ==
          ErrorCode::invalid_argument);
    CHECK(unpack_features(std::vector<std::uint8_t>{9, 1, 8, 0, 4}).value().corners.points.empty());
    CHECK(code_of_bytes({9, 1, 8, 0, 0}) == ErrorCode::invalid_argument);
    CHECK(code_of_bytes({9, 1, 8, 0, 9}) == ErrorCode::invalid_argument);
    bytes.back() = 8;
    CHECK(code_of_bytes(bytes) == ErrorCode::invalid_argument);
    bytes.back() = 0;
    bytes[bytes.size() - 2] = bytes[bytes.size() - 3] = 0;
    CHECK(code_of_bytes(bytes) == ErrorCode::invalid_argument);
    bytes.pop_back();
    CHECK(code_of_bytes(bytes) == ErrorCode::invalid_argument);
}

TEST_CASE("the batches that pictures come in change nothing", "[collection]") {
    const auto sketches = originals_and_copies(12);
    Collection at_once = empty_collection();
    for (const PictureSketch& sketch : sketches) add(at_once, sketch);
    at_once.advance(sketches.size());

    Collection one_by_one = empty_collection();
    for (const PictureSketch& sketch : sketches) {
        add(one_by_one, sketch);
        CHECK_FALSE(one_by_one.advance(1));
    }
    Collection stepped = empty_collection();
    for (const PictureSketch& sketch : sketches) add(stepped, sketch);
    while (stepped.advance(5)) CHECK(stepped.searched() % 5 == 0);

    CHECK(one_by_one.candidates(1000) == at_once.candidates(1000));
    CHECK(stepped.candidates(1000) == at_once.candidates(1000));
    CHECK(at_once.candidates(3).size() == 3);
}

TEST_CASE("near embeddings are candidates, those of pictures without a sketch aren't",
          "[collection]") {
    Collection collection = empty_collection();
    REQUIRE(collection.add({model, at_angle(1.0)}, bare_sketch(1), {}));
    REQUIRE(collection.add({model, at_angle(0.99)}, std::nullopt, {}));
    REQUIRE(collection.add({model, at_angle(0.98)}, bare_sketch(2), {}));
    REQUIRE(collection.add({model, at_angle(0.3)}, bare_sketch(3), {}));
    collection.advance(10);
    CHECK(collection.candidates(10) == Pairs{{0, 2}});
}

TEST_CASE("where both pictures have corners to compare, near embeddings don't suggest them",
          "[collection]") {
    Collection collection = empty_collection();
    const auto first = sketch_of(scene({360, 240}, 3));
    const auto second = sketch_of(scene({240, 360}, 4));
    REQUIRE(std::min(first.points.size(), second.points.size()) > 100);
    REQUIRE(collection.add({model, at_angle(1.0)}, first, {}));
    REQUIRE(collection.add({model, at_angle(0.99)}, second, {}));
    REQUIRE(collection.add({model, at_angle(0.98)}, bare_sketch(2), {}));
    collection.advance(3);
    CHECK(collection.candidates(9) == Pairs{{0, 2}, {1, 2}});
}

TEST_CASE("pictures with the same pixels need no proof", "[collection]") {
    Collection collection = empty_collection();
    for (const std::uint32_t seed : {1U, 2U, 1U, 3U, 1U}) add(collection, bare_sketch(seed));
    PictureSketch animated = bare_sketch(1);
    animated.frames = 2;
    add(collection, animated);
    collection.advance(10);
    // Other frames: the first ones are compared.
    CHECK(collection.candidates(10) == Pairs{{0, 5}});
    CHECK(collection.groups() == Groups{{0, {2, 4}}});
    const auto proven = collection.proven();
    REQUIRE(proven.size() == 2);
    CHECK(proven[0].pair == PicturePair{0, 2});
    CHECK(proven[1].pair == PicturePair{0, 4});
    CHECK(proven[0].proof.kind == CopyKind::identical);
    CHECK(code_of(collection.verify({2, 4}, near_duplicate())) == ErrorCode::invalid_argument);
    // A copy of one is a copy of all, whichever is named, in whichever order.
    CopyProof larger = near_duplicate();
    larger.scale = 0.5;
    REQUIRE(collection.verify({1, 4}, larger));
    CHECK(code_of(collection.verify({0, 1}, larger)) == ErrorCode::invalid_argument);
    CHECK(collection.groups() == Groups{{1, {0, 2, 4}}});
}

TEST_CASE("what is refused stands in for nothing", "[collection]") {
    Collection collection = empty_collection();
    for (const std::uint32_t seed : {1U, 2U, 1U, 3U}) add(collection, bare_sketch(seed));
    REQUIRE(collection.verify({0, 1}, near_duplicate()));
    REQUIRE(collection.verify({0, 3}, near_duplicate()));
    CHECK(collection.first_with_pixels_of(2) == 0);
    CHECK(collection.groups() == Groups{{0, {1, 2, 3}}});
    CHECK(collection.groups(Pairs{{0, 1}}) == Groups{{0, {2, 3}}});
    // What is said of a picture counts for those with the same pixels.
    CHECK(collection.groups(Pairs{{2, 3}}) == Groups{{0, {1, 2}}});
    CHECK(collection.groups(Pairs{{0, 2}}) == Groups{{0, {1, 3}}});
    // Pairs that aren't there say nothing.
    CHECK(collection.groups(Pairs{{1, 3}, {0, 9}}) == Groups{{0, {1, 2, 3}}});
}

TEST_CASE("evidence proves what its registration says", "[collection]") {
    Collection collection = bare_collection(3);
    Evidence evidence;
    evidence.copy = CopyKind::near_duplicate;
    evidence.registration = Registration();
    evidence.registration->registered = true;
    evidence.registration->transform.scale = 2.0;
    evidence.registration->covered_a = 0.75;
    REQUIRE(collection.verify({0, 1}, evidence));
    const auto proven = collection.proven();
    REQUIRE(proven.size() == 1);
    CHECK(proven[0].proof.scale == 2.0);
    CHECK(proven[0].proof.covered_a == 0.75);
    CHECK(code_of(collection.verify({1, 3}, evidence)) == ErrorCode::invalid_argument);
}

TEST_CASE("no chain of copies makes a group", "[collection]") {
    Collection collection = bare_collection(4);
    REQUIRE(collection.verify({0, 1}, near_duplicate()));
    CHECK(collection.candidate_count() == 0);
    REQUIRE(collection.verify({1, 2}, near_duplicate()));
    CHECK(collection.candidates(10) == Pairs{{0, 2}});
    // Until that is verified the third one stays out.
    CHECK(collection.groups() == Groups{{0, {1}}});
    REQUIRE(collection.verify({0, 2}, CopyProof()));
    CHECK(collection.candidate_count() == 0);
    CHECK(collection.groups() == Groups{{0, {1}}});
    CHECK(collection.proven().size() == 2);
}

TEST_CASE("variants are kept apart", "[collection]") {
    Collection collection = bare_collection(3);
    CopyProof variant;
    variant.kind = CopyKind::variant;
    REQUIRE(collection.verify({0, 1}, variant));
    REQUIRE(collection.verify({1, 2}, variant));
    CHECK(collection.candidate_count() == 0);
    CHECK(collection.groups().empty());
    const auto proven = collection.proven();
    REQUIRE(proven.size() == 2);
    CHECK(proven[1].pair == PicturePair{1, 2});
    CHECK(proven[1].proof.kind == CopyKind::variant);
}

TEST_CASE("the order of proofs changes nothing", "[collection]") {
    constexpr std::size_t count = 9;
    const auto proof_of = [](PicturePair pair) {
        CopyProof proof;
        if (pair.a / 5 == pair.b / 5 && (pair.a + 2 * pair.b) % 7 != 0) {
            proof.kind = CopyKind::near_duplicate;
            proof.scale =
                (1.0 + static_cast<double>(pair.b % 4)) / (1.0 + static_cast<double>(pair.a % 4));
        }
        return proof;
    };
    Groups expected;
    Random random(77);
    for (int round = 0; round < 20; ++round) {
        Collection collection = bare_collection(count);
        Pairs open{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {5, 6}, {6, 7}, {7, 8}};
        while (true) {
            for (const PicturePair pair : collection.candidates(100)) {
                if (std::find(open.begin(), open.end(), pair) == open.end()) open.push_back(pair);
            }
            if (open.empty()) break;
            const auto next = open.begin() + random.between(0, static_cast<int>(open.size()) - 1);
            REQUIRE(collection.verify(*next, proof_of(*next)));
            open.erase(next);
        }
        if (round == 0) expected = collection.groups();
        CHECK_FALSE(expected.empty());
        CHECK(collection.groups() == expected);
    }
}

TEST_CASE("the picture that shows most of the scene is kept, not the cropped one", "[collection]") {
    CopyProof cropped = near_duplicate();
    cropped.covered_a = 0.5;
    cropped.content_covered_a = 0.52;
    CHECK(kept_of(cropped) == 0);
    // Even where the other one is the larger file.
    CHECK(kept_of(cropped, {1000, 0}, {5000, 0}) == 0);
    // A clear sky is a part of the scene, too.
    CopyProof sky = near_duplicate();
    sky.covered_a = 0.7;
    CHECK(kept_of(sky) == 0);
    // The crop was enlarged: it may have kept what the whole one has lost.
    cropped.scale = 2.0;
    CHECK(kept_of(cropped) == -1);
    // But the whole one is finer, so the enlargement was none.
    cropped.blur = 8.0;
    CHECK(kept_of(cropped) == 0);
}

TEST_CASE("an added border doesn't win by its pixels", "[collection]") {
    PictureSketch uniform = bare_sketch(2);
    uniform.hashes.insert(uniform.hashes.end(), uniform.hashes.begin(), uniform.hashes.end());
    CopyProof bordered = near_duplicate();
    bordered.covered_b = 0.6;
    bordered.content_covered_b = 0.98;
    CHECK(kept_among(bordered, bare_sketch(1), uniform, {1000, 9}, {3000, 0}) == 0);
    // A status bar and buttons: their detail is sparse.
    bordered.covered_b = 0.35;
    bordered.content_covered_b = 0.85;
    CHECK(kept_among(bordered, bare_sketch(1), uniform, {1000, 9}, {3000, 0}) == 0);
    // A collage shows more, and as finely.
    bordered.covered_b = 0.25;
    bordered.content_covered_b = 0.3;
    CHECK(kept_among(bordered, bare_sketch(1), uniform) == 1);
    CHECK(kept_of(bordered) == 1);
    // In one that is smaller the picture is lost.
    bordered.scale = 0.5;
    CHECK(kept_of(bordered) == -1);
    // The corners beside a picture that was turned by some degrees.
    CopyProof turned = near_duplicate();
    turned.turned = true;
    turned.covered_b = 0.7;
    turned.covered_a = 0.95;
    turned.content_covered_a = 0.95;
    CHECK(kept_of(turned) == 0);
}

TEST_CASE("the higher true resolution is kept, colour before it", "[collection]") {
    CopyProof resized = near_duplicate();
    resized.scale = 2.0;
    CHECK(kept_of(resized) == 1);
    resized.scale = 0.5;
    CHECK(kept_of(resized) == 0);
    resized.scale = 1.0;
    resized.blur = -8.0;
    CHECK(kept_of(resized) == 1);
    // Enlarging adds pixels, not detail.
    CopyProof enlarged = near_duplicate();
    enlarged.scale = 2.0;
    PictureSketch oversampled = bare_sketch(2);
    oversampled.oversampling = 2;
    CHECK(kept_among(enlarged, bare_sketch(1), oversampled, {1000, 9}, {5000, 0}) == 0);
    enlarged.scale = 3.0;
    CHECK(kept_among(enlarged, bare_sketch(1), oversampled) == 1);
    // What is left open says that the finer one is only noisier.
    resized.noise = 0.15;
    CHECK(kept_of(resized) == 0);
    resized.noise = 0.0;
    resized.blur = 0.0;
    resized.greyscale_a = true;
    CHECK(kept_of(resized) == 1);
    resized.scale = 0.5;
    CHECK(kept_of(resized) == -1);
}

TEST_CASE("of equals the larger file is kept, then the older, then the first", "[collection]") {
    const CopyProof same = near_duplicate();
    CHECK(kept_of(same, {1000, 0}, {2000, 5}) == 1);
    CHECK(kept_of(same, {2000, 5}, {2000, 3}) == 1);
    CHECK(kept_of(same, {0, 5}, {2000, 3}) == 1);
    CHECK(kept_of(same) == 0);
    // Compression takes nothing from the same pixels.
    Collection collection = empty_collection();
    add(collection, bare_sketch(1), {1000, 7});
    add(collection, bare_sketch(1), {9000, 8});
    add(collection, bare_sketch(1), {10, 6});
    CHECK(collection.groups() == Groups{{2, {0, 1}}});
}

TEST_CASE("what is proven says where copies stand", "[collection]") {
    const Picture original = scene({360, 240}, 5);
    const Picture half = corner(original, 0.8);
    const auto describe = [](const Picture& picture) {
        return describe_picture(PictureDetail::of(picture.view()).value()).value();
    };
    const auto print = [](const Picture& picture) {
        return fingerprint(picture.view(), white).value();
    };
    const auto evidence =
        examine(print(original), describe(original), print(half), describe(half)).value();
    const CopyProof proof = CopyProof::of(evidence, original.size, half.size);
    CHECK(proof.kind == CopyKind::near_duplicate);
    CHECK(proof.covered_a == Approx(0.64).margin(0.02));
    CHECK(proof.covered_b > 0.98);
    CHECK(proof.scale == Approx(1.0).margin(0.01));
    CHECK(kept_of(proof) == 0);

    const auto same = compare_fingerprints(print(original), print(original));
    CHECK(CopyProof::of(same, original.size, original.size).kind == CopyKind::identical);
    Evidence plain;
    plain.copy = CopyKind::near_duplicate;
    plain.registration = Registration();
    CHECK(CopyProof::of(plain, {10, 10}, {30, 30}).scale == 3.0);
}

TEST_CASE("collections refuse what they can't use", "[collection]") {
    const auto curve = Calibration::create(std::vector{-1.0, 1.0}, std::vector{0.0, 100.0}).value();
    const auto code_of_space = [&](std::size_t length, Vector mean) {
        return Collection::create({model, length, std::move(mean), curve}).error().code;
    };
    CHECK(code_of_space(0, {}) == ErrorCode::invalid_argument);
    CHECK(code_of_space(EmbeddingIndex::max_dimension + 1, {}) == ErrorCode::invalid_argument);
    CHECK(code_of_space(3, {1, 2}) == ErrorCode::invalid_argument);
    CHECK(code_of_space(1, {NAN}) == ErrorCode::invalid_argument);

    Collection collection = bare_collection(2);
    REQUIRE(collection.add({model, random_vector(8)}, std::nullopt, {}));
    const auto code_of_add = [&](const Embedding& embedding, const PictureSketch& sketch) {
        return code_of(collection.add(embedding, sketch, {}));
    };
    const Embedding embedding{model, random_vector(9)};
    CHECK(code_of_add({"other@1", random_vector(9)}, bare_sketch(9)) == ErrorCode::model_mismatch);
    CHECK(code_of_add({model, {1, 2}}, bare_sketch(9)) == ErrorCode::invalid_argument);
    CHECK(code_of_add({model, Vector(dimension)}, bare_sketch(9)) == ErrorCode::zero_embedding);
    CHECK(code_of_add({model, Vector(dimension, INFINITY)}, bare_sketch(9)) ==
          ErrorCode::invalid_argument);
    PictureSketch sketch = bare_sketch(9);
    sketch.hashes.pop_back();
    CHECK(code_of_add(embedding, sketch) == ErrorCode::invalid_argument);
    sketch = bare_sketch(9);
    sketch.points.resize(SketchFeatures::max_points + 1);
    CHECK(code_of_add(embedding, sketch) == ErrorCode::invalid_argument);
    sketch = bare_sketch(9);
    sketch.oversampling = 0;
    CHECK(code_of_add(embedding, sketch) == ErrorCode::invalid_argument);
    sketch = bare_sketch(9);
    sketch.size.width = 0;
    CHECK(code_of_add(embedding, sketch) == ErrorCode::invalid_argument);
    CHECK(code_of(collection.add(embedding, std::nullopt, {NAN, 0.0})) ==
          ErrorCode::invalid_argument);
    CHECK(collection.size() == 3);

    const auto code_of_proof = [&](PicturePair pair, const CopyProof& proof) {
        return code_of(collection.verify(pair, proof));
    };
    CHECK(code_of_proof({0, 0}, near_duplicate()) == ErrorCode::invalid_argument);
    CHECK(code_of_proof({1, 0}, near_duplicate()) == ErrorCode::invalid_argument);
    CHECK(code_of_proof({0, 3}, near_duplicate()) == ErrorCode::invalid_argument);
    CHECK(code_of_proof({0, 2}, near_duplicate()) == ErrorCode::invalid_argument);
    CopyProof proof = near_duplicate();
    proof.scale = 0.0;
    CHECK(code_of_proof({0, 1}, proof) == ErrorCode::invalid_argument);
    proof.scale = 1.0;
    proof.blur = INFINITY;
    CHECK(code_of_proof({0, 1}, proof) == ErrorCode::invalid_argument);
    REQUIRE(collection.verify({0, 1}, CopyProof()));
    CHECK(code_of_proof({0, 1}, near_duplicate()) == ErrorCode::invalid_argument);

    CHECK(collection.nearest(3, 1).error().code == ErrorCode::invalid_argument);
    CHECK(collection.matrix(std::vector<std::size_t>{3}).error().code ==
          ErrorCode::invalid_argument);
    CHECK(
        collection.matrix(std::vector<std::size_t>(Collection::largest_matrix + 1)).error().code ==
        ErrorCode::invalid_argument);
    CHECK(collection.pairs_from(50.0, 2, 1).error().code == ErrorCode::invalid_argument);
    CHECK(collection.pairs_from(50.0, 0, 4).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("an empty collection has nothing", "[collection]") {
    Collection collection = empty_collection();
    CHECK_FALSE(collection.advance(5));
    CHECK(collection.candidates(5).empty());
    CHECK(collection.groups().empty());
    CHECK(collection.proven().empty());
    CHECK(collection.matrix({}).value().order.empty());
    CHECK(collection.pairs_from(0.0, 0, 0).value().empty());
    const SimilarGroups similar = similar_groups(collection, 5);
    CHECK(similar.from(-1.0).empty());
    CHECK(similar.pairs_from(-1.0) == 0);
}

TEST_CASE("a similar group is a centre and what is like it", "[collection]") {
    // On an arc: neighbours are alike, the ends aren't.
    Collection collection = empty_collection();
    const auto degrees = [](double angle) { return std::cos(angle * 3.14159265358979 / 180.0); };
    for (const double angle : {0.0, 20.0, 40.0, 60.0, 80.0, 150.0}) {
        REQUIRE(collection.add({model, at_angle(degrees(angle))}, std::nullopt, {}));
    }
    for (const std::size_t rows : {1U, 4U, 100U}) {
        const SimilarGroups similar = similar_groups(collection, rows);
        CHECK(similar.size() == 6);
        using Expected = std::vector<SimilarGroup>;
        // Chains would make one group of five.
        CHECK(similar.from(degrees(25)) == Expected{{1, {0, 2}}, {3, {4}}});
        CHECK(similar.from(degrees(5)).empty());
        CHECK(similar.from(degrees(45)) == Expected{{2, {1, 3, 0, 4}}});
        CHECK(similar.pairs_from(degrees(25)) == 4);
        CHECK(similar.pairs_from(-1.0) == 15);
        CHECK(similar.pairs_from(2.0) == 0);
    }
}

TEST_CASE("scores are those of rating without evidence", "[collection]") {
    const Collection collection = empty_collection();
    const auto curve =
        Calibration::create(std::vector{-1.0, 0.5, 1.0}, std::vector{0.0, 50.0, 100.0}).value();
    const RatingModel rating{curve, curve, 60.0};
    for (const double cosine : {-1.0, -0.2, 0.3, 0.5, 0.8, 0.95, 1.0}) {
        const Cosines cosines{cosine, cosine};
        CHECK(collection.score(cosine) == rate(rating, {&cosines, 1}, {}).value().score);
        const double least = collection.least_cosine(collection.score(cosine));
        CHECK(least == Approx(cosine).margin(1e-9));
        CHECK(collection.score(least) >= collection.score(cosine));
    }
    CHECK(collection.score(1.0) < 88.0);
    CHECK(collection.least_cosine(95.0) > 1.0);
    CHECK(collection.least_cosine(0.0) == -1.0);
}

TEST_CASE("nearest, pairs and matrix see pictures from the mean embedding", "[collection]") {
    Vector mean(dimension);
    mean[0] = 0.3F;
    Collection collection = empty_collection(mean);
    std::vector<Vector> centred;
    for (std::uint32_t i = 1; i <= 12; ++i) {
        const Vector vector = random_vector(i);
        REQUIRE(collection.add({model, vector}, std::nullopt, {}));
        centred.push_back(centre(vector, static_cast<int>(dimension), 1, mean).value());
    }
    const auto cosine = [&](std::size_t a, std::size_t b) {
        return cosine_similarity(centred[a], centred[b]).value();
    };
    const auto near = collection.nearest(3, 4).value();
    REQUIRE(near.size() == 4);
    for (std::size_t i = 0; i < near.size(); ++i) {
        CHECK(near[i].item != 3);
        CHECK(near[i].cosine == cosine(3, near[i].item));
        CHECK(near[i].score == collection.score(near[i].cosine));
        if (i > 0) CHECK(near[i - 1].cosine >= near[i].cosine);
    }
    CHECK(collection.nearest(3, 0).value().empty());
    CHECK(collection.nearest(3, 100).value().size() == 11);
    CHECK(collection.nearest(3, std::numeric_limits<std::size_t>::max()).value().size() == 11);

    constexpr double threshold = 28.0;
    std::vector<ScoredPair> pairs;
    for (const auto& [first, last] : {std::pair{0, 5}, {5, 6}, {6, 12}}) {
        const auto some = collection
                              .pairs_from(threshold, static_cast<std::size_t>(first),
                                          static_cast<std::size_t>(last))
                              .value();
        pairs.insert(pairs.end(), some.begin(), some.end());
    }
    std::size_t expected = 0;
    for (std::size_t a = 0; a < 12; ++a) {
        for (std::size_t b = a + 1; b < 12; ++b) {
            if (collection.score(cosine(a, b)) >= threshold) ++expected;
        }
    }
    CHECK(expected > 5);
    CHECK(expected < 66);
    CHECK(pairs.size() == expected);

    const std::vector<std::size_t> items{7, 2, 9, 2};
    const auto matrix = collection.matrix(items).value();
    REQUIRE(matrix.order.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j) {
            const std::size_t a = items[matrix.order[i]];
            const std::size_t b = items[matrix.order[j]];
            const double score = i == j ? 100.0 : collection.score(a == b ? 1.0 : cosine(a, b));
            CHECK(static_cast<double>(matrix.scores[4 * i + j]) == Approx(score));
        }
    }
    // The same picture twice stands beside itself.
    const auto place = [&](std::size_t of) {
        return std::find(matrix.order.begin(), matrix.order.end(), of) - matrix.order.begin();
    };
    CHECK(std::abs(place(1) - place(3)) == 1);
}
