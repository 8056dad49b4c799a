#include "likeness/model.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "known_models.hpp"
#include "likeness/similarity.hpp"
#include "message.hpp"

namespace likeness {
namespace {

template <class Numbers>
void round_to_floats(const Numbers& from, std::span<float> to) {
    std::transform(from.begin(), from.end(), to.begin(),
                   [](double number) { return static_cast<float>(number); });
}

PreprocessSpec preprocess_spec(const KnownModel& known) {
    PreprocessSpec spec{
        .view = known.view,
        .side = known.view == View::whole ? known.whole_size : known.size,
        .stride = known.size / static_cast<int>(std::sqrt(static_cast<double>(known.cells))),
        .resize = known.resize};
    round_to_floats(known.mean, spec.mean);
    round_to_floats(known.std, spec.std);
    return spec;
}

Result<RatingModel> rating_model(const KnownModel& known) {
    auto score = Calibration::create(known.cosine, known.score);
    if (!score) return std::move(score).error();
    std::vector<double> percent = known.probability;
    for (double& value : percent) value *= 100.0;
    auto probability = Calibration::create(known.cosine, percent);
    if (!probability) return std::move(probability).error();
    return RatingModel{.score = std::move(score).value(),
                       .probability = std::move(probability).value(),
                       .similar = known.similar};
}

Result<Model> model_of(const KnownModel& known) {
    auto rating = rating_model(known);
    if (!rating) return std::move(rating).error();
    const std::string_view view = known.view == View::whole ? "whole" : "centre";
    const std::string_view pooling = known.pooling == Pooling::energy ? "+energy" : "";
    Model model{.name = message({known.id, "@", known.weights_version, "/", view, pooling}),
                .preprocess = preprocess_spec(known),
                .pooling = known.pooling,
                .dimension = known.dimension,
                .mean_embedding = std::vector<float>(known.mean_embedding.size()),
                .rating = std::move(rating).value()};
    round_to_floats(known.mean_embedding, model.mean_embedding);
    return model;
}

/// The vector as seen from the model's mean embedding, if it has one.
Result<std::vector<float>> centred(const Embedding& embedding, const Model& model) {
    if (model.mean_embedding.empty()) return embedding.vector;
    return centre(embedding.vector, model.dimension, 1, model.mean_embedding);
}

}  // namespace

Result<Model> find_model(std::string_view id) {
    std::string ids;
    for (const KnownModel& known : known_models()) {
        if (known.id == id) return model_of(known);
        ids += (ids.empty() ? "" : ", ") + known.id;
    }
    return Error{ErrorCode::invalid_argument,
                 "there is no model \"" + std::string(id) + "\"; choose one of: " + ids};
}

Result<Embedding> embed(const PictureInput& picture, const Model& model, const Network& network) {
    if (network.channels() != model.dimension) {
        return Error{
            ErrorCode::invalid_argument,
            message({"the network makes embeddings of ", network.channels(), " numbers, those of ",
                     model.name, " have ", model.dimension, "; load the model's own weights"})};
    }
    auto map = network.run(picture.tensor, picture.size);
    if (!map) return map.error();
    const int cells = map.value().rows * map.value().columns;
    if (model.pooling == Pooling::energy) {
        auto status = weigh_cells(map.value().values, map.value().channels, cells);
        if (!status) return std::move(status).error();
    }
    auto vector = global_average_pool(map.value().values, map.value().channels, cells);
    if (!vector) return std::move(vector).error();
    return Embedding{model.name, std::move(vector).value()};
}

Result<Cosines> compare_embeddings(const Embedding& a, const Embedding& b, const Model& model) {
    for (const Embedding* embedding : {&a, &b}) {
        if (embedding->model == model.name) continue;
        return Error{ErrorCode::model_mismatch,
                     "an embedding comes from " + embedding->model + ", which " + model.name +
                         " can't compare; embed both images with the same model"};
    }
    const auto plain = cosine_similarity(a, b);
    if (!plain) return plain.error();
    const auto centred_a = centred(a, model);
    if (!centred_a) return centred_a.error();
    const auto centred_b = centred(b, model);
    if (!centred_b) return centred_b.error();
    const auto cosine = cosine_similarity(centred_a.value(), centred_b.value());
    if (!cosine) return cosine.error();
    return Cosines{.plain = plain.value(), .centred = cosine.value()};
}

}  // namespace likeness
