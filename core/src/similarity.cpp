#include "likeness/similarity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "all_finite.hpp"

namespace likeness {
namespace {

/// Products of two floats are exact in double, so only the order of the additions matters: element
/// i goes to stripe i % 8, and the stripes are added in order. Compilers may vectorise that as they
/// like without changing a bit.
class StripedSum {
public:
    void add(std::size_t index, double value) noexcept { stripes_[index % stripe_count] += value; }

    [[nodiscard]] double total() const noexcept {
        double sum = 0.0;
        for (const double stripe : stripes_) sum += stripe;
        return sum;
    }

private:
    static constexpr std::size_t stripe_count = 8;
    std::array<double, stripe_count> stripes_{};
};

}  // namespace

Result<double> cosine_similarity(std::span<const float> a, std::span<const float> b) {
    if (a.empty() || a.size() != b.size()) {
        return Error{ErrorCode::invalid_argument, "embeddings of " + std::to_string(a.size()) +
                                                      " and " + std::to_string(b.size()) +
                                                      " values don't compare"};
    }
    if (!all_finite(a) || !all_finite(b)) {
        return Error{ErrorCode::invalid_argument,
                     "an embedding holds a value that isn't a finite number"};
    }

    StripedSum dot;
    StripedSum square_a;
    StripedSum square_b;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = a[i];
        const double y = b[i];
        dot.add(i, x * y);
        square_a.add(i, x * x);
        square_b.add(i, y * y);
    }

    if (square_a.total() == 0.0 || square_b.total() == 0.0) {
        return Error{ErrorCode::zero_embedding,
                     "an embedding of zeros has no direction: the picture gave the model nothing"};
    }
    // One root of the product, not a product of roots: it is exact when a equals b. Squares of
    // floats lie in [2^-298, 2^256], so the product neither overflows nor vanishes.
    return std::clamp(dot.total() / std::sqrt(square_a.total() * square_b.total()), -1.0, 1.0);
}

Result<double> cosine_similarity(const Embedding& a, const Embedding& b) {
    if (a.model != b.model) {
        return Error{ErrorCode::model_mismatch, "embeddings of " + a.model + " and " + b.model +
                                                    " don't compare: embed both pictures with the "
                                                    "same model"};
    }
    return cosine_similarity(std::span(a.vector), std::span(b.vector));
}

}  // namespace likeness
