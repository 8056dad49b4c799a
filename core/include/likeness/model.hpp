/// @file
/// What the project knows of its models, and the two steps that depend on a model. Native builds
/// only: WebAssembly is told by its caller.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "likeness/embedding.hpp"
#include "likeness/error.hpp"
#include "likeness/network.hpp"
#include "likeness/picture_reader.hpp"
#include "likeness/preprocess.hpp"
#include "likeness/rating.hpp"

namespace likeness {

/// A network's preprocessing and calibration, as models/manifest.json has them.
struct Model {
    std::string name;  ///< As Embedding::model has it.
    PreprocessSpec preprocess;
    Pooling pooling;
    int dimension;                      ///< Length of an embedding.
    std::vector<float> mean_embedding;  ///< See centre(); empty where cosines are plain.
    RatingModel rating;
};

/// A model by its id: "mobilenetv2-lite", whose weights are installed with the library, or
/// "mobilenetv2". `invalid-argument` for other ids, naming those that there are.
Result<Model> find_model(std::string_view id);

/// The embedding of a picture that was read with `model.preprocess`.
/// @param network the model's: nothing tells other weights with embeddings of the same length.
/// `invalid-argument` where its embeddings have another length; errors as Network::run().
Result<Embedding> embed(const PictureInput& picture, const Model& model, const Network& network);

/// Plain and centred cosine of two embeddings of `model`. `model-mismatch` for those of another
/// one; errors as cosine_similarity() and centre().
Result<Cosines> compare_embeddings(const Embedding& a, const Embedding& b, const Model& model);

}  // namespace likeness
