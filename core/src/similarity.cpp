#include "likeness/similarity.hpp"

#include <cstddef>

#include "all_finite.hpp"
#include "dot.hpp"
#include "message.hpp"

namespace likeness {

Result<double> cosine_similarity(std::span<const float> a, std::span<const float> b) {
    if (a.empty() || a.size() != b.size()) {
        return Error{ErrorCode::invalid_argument, message({"embeddings of ", a.size(), " and ",
                                                           b.size(), " values don't compare"})};
    }
    if (!all_finite(a) || !all_finite(b)) {
        return Error{ErrorCode::invalid_argument,
                     "an embedding holds a value that isn't a finite number"};
    }

    const double square_a = dot(a.data(), a.data(), a.size());
    const double square_b = dot(b.data(), b.data(), b.size());
    if (square_a == 0.0 || square_b == 0.0) {
        return Error{ErrorCode::zero_embedding,
                     "an embedding of zeros has no direction: the image gave the model nothing"};
    }
    return cosine(dot(a.data(), b.data(), a.size()), square_a, square_b);
}

Result<double> cosine_similarity(const Embedding& a, const Embedding& b) {
    if (a.model != b.model) {
        return Error{ErrorCode::model_mismatch, "embeddings of " + a.model + " and " + b.model +
                                                    " don't compare: embed both images with the "
                                                    "same model and view"};
    }
    return cosine_similarity(std::span(a.vector), std::span(b.vector));
}

}  // namespace likeness
