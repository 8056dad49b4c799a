#include "likeness/model.hpp"
#include "likeness/similarity.hpp"
#include "support/catch.hpp"
#include "support/network.hpp"
#include "support/random.hpp"

using namespace likeness;
using namespace likeness::test;

namespace {

/// The full model, but for embeddings as long as those of small_network().
Model small_model() {
    Model model = find_model("mobilenetv2").value();
    model.dimension = 40;
    model.mean_embedding.resize(40);
    model.pooling = Pooling::mean;
    return model;
}

PictureInput random_picture(Size size, std::uint32_t seed) {
    PictureInput picture;
    picture.size = size;
    const auto pixels =
        static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    picture.tensor = random_floats(3 * pixels, seed);
    return picture;
}

Embedding random_embedding(const Model& model, std::uint32_t seed) {
    return {model.name, random_floats(static_cast<std::size_t>(model.dimension), seed)};
}

}  // namespace

TEST_CASE("Model: every known one has a name, sound preprocessing and a calibration") {
    for (const char* id : {"mobilenetv2-lite", "mobilenetv2", "resnet50"}) {
        const auto found = find_model(id);
        REQUIRE(found);
        const Model& model = found.value();
        CHECK(model.name.starts_with(std::string(id) + "@"));
        CHECK(model.name.ends_with(model.pooling == Pooling::energy ? "/whole+energy" : "/whole"));
        CHECK(model.preprocess.stride == Network::stride);
        CHECK(model.preprocess.side >= Network::stride);
        CHECK(model.preprocess.resize >= model.preprocess.side);
        CHECK(model.preprocess.mean == PreprocessSpec{}.mean);
        CHECK(model.preprocess.std == PreprocessSpec{}.std);
        CHECK(model.dimension > 1000);
        CHECK(model.rating.score.score(1.0) == 100.0);
        CHECK(model.rating.probability.score(1.0) == 100.0);
        CHECK((model.rating.similar > 0.0 && model.rating.similar < 100.0));
    }
    CHECK(find_model("mobilenetv2-lite").value().preprocess.side == 144);
    CHECK(find_model("mobilenetv2").value().preprocess.side == 224);
}

TEST_CASE("Model: the mean embedding has a number a channel, as a mean of vectors of length 1") {
    const Model model = find_model("mobilenetv2").value();
    REQUIRE(model.mean_embedding.size() == static_cast<std::size_t>(model.dimension));
    double squares = 0.0;
    for (const float value : model.mean_embedding) squares += double{value} * double{value};
    CHECK((squares > 0.1 && squares < 1.0));
    CHECK(find_model("resnet50").value().mean_embedding.empty());
    const auto lite = find_model("mobilenetv2-lite").value().mean_embedding;
    CHECK(lite == std::vector<float>(1280, 0.012F));
}

TEST_CASE("Model: an unknown one is refused, and the known ones are named") {
    const auto found = find_model("mobilenetv3");
    REQUIRE(!found);
    CHECK(found.error().code == ErrorCode::invalid_argument);
    CHECK(found.error().message.find("mobilenetv2-lite, mobilenetv2") != std::string::npos);
}

TEST_CASE("Model: an embedding is the network's pooled feature map, under the model's name") {
    Model model = small_model();
    const auto network = Network::load(encode_network(small_network(), 1));
    REQUIRE(network);
    const PictureInput picture = random_picture({96, 64}, 2);
    const auto embedding = embed(picture, model, network.value());
    REQUIRE(embedding);
    CHECK(embedding.value().model == model.name);
    const auto map = network.value().run(picture.tensor, picture.size).value();
    CHECK(embedding.value().vector == global_average_pool(map.values, 40, 6).value());
    model.pooling = Pooling::energy;
    auto weighed = map.values;
    REQUIRE(weigh_cells(weighed, 40, 6));
    CHECK(embed(picture, model, network.value()).value().vector ==
          global_average_pool(weighed, 40, 6).value());
}

TEST_CASE("Model: another model's network, and inputs that don't fit, are refused") {
    const auto network = Network::load(encode_network(small_network(), 1));
    REQUIRE(network);
    const auto foreign =
        embed(random_picture({64, 64}, 1), find_model("mobilenetv2").value(), network.value());
    REQUIRE(!foreign);
    CHECK(foreign.error().code == ErrorCode::invalid_argument);
    const auto unfit = embed(random_picture({50, 64}, 1), small_model(), network.value());
    REQUIRE(!unfit);
    CHECK(unfit.error().code == ErrorCode::invalid_argument);
}

TEST_CASE("Model: embeddings compare as they are, and as seen from the mean embedding") {
    Model model = find_model("mobilenetv2").value();
    const Embedding a = random_embedding(model, 1);
    const Embedding b = random_embedding(model, 2);
    const auto cosines = compare_embeddings(a, b, model);
    REQUIRE(cosines);
    CHECK(cosines.value().plain == cosine_similarity(a, b).value());
    const auto centred = [&](const Embedding& embedding) {
        return centre(embedding.vector, model.dimension, 1, model.mean_embedding).value();
    };
    CHECK(cosines.value().centred == cosine_similarity(centred(a), centred(b)).value());
    CHECK(cosines.value().centred != cosines.value().plain);
    model.mean_embedding.clear();
    const auto plain = compare_embeddings(a, b, model);
    REQUIRE(plain);
    CHECK(plain.value().centred == plain.value().plain);
}

TEST_CASE("Model: embeddings of another model or of nothing don't compare") {
    const Model model = find_model("mobilenetv2").value();
    const Embedding own = random_embedding(model, 1);
    const Embedding foreign{"mobilenetv2-lite@1/whole", own.vector};
    for (const auto& result :
         {compare_embeddings(own, foreign, model), compare_embeddings(foreign, foreign, model)}) {
        REQUIRE(!result);
        CHECK(result.error().code == ErrorCode::model_mismatch);
    }
    const Embedding zero{model.name, std::vector<float>(own.vector.size())};
    const auto result = compare_embeddings(own, zero, model);
    REQUIRE(!result);
    CHECK(result.error().code == ErrorCode::zero_embedding);
}
