/// @file
/// The core as JavaScript sees it; wasm/src/core/wire.ts holds the same shapes as types. Errors
/// cross as values {ok, code, message, value}, arrays leave as copies, and bytes come in through a
/// staging view that C++ owns: one copy, where a std::string would take three.
#include <emscripten/bind.h>
#include <emscripten/heap.h>
#include <emscripten/val.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "likeness/calibration.hpp"
#include "likeness/decode.hpp"
#include "likeness/embedding.hpp"
#include "likeness/preprocess.hpp"
#include "likeness/similarity.hpp"

namespace {

using emscripten::val;

val success(val value) {
    val outcome = val::object();
    outcome.set("ok", true);
    outcome.set("value", std::move(value));
    return outcome;
}

val failure(const likeness::Error& error) {
    val outcome = val::object();
    outcome.set("ok", false);
    outcome.set("code", std::string(likeness::to_string(error.code)));
    outcome.set("message", error.message);
    return outcome;
}

/// A copy that JavaScript owns: a view would dangle as soon as the memory grows.
val copy_of(std::span<const float> numbers) {
    return val(emscripten::typed_memory_view(numbers.size(), numbers.data())).call<val>("slice");
}

val tensor_outcome(const likeness::Result<std::vector<float>>& tensor) {
    return tensor ? success(copy_of(tensor.value())) : failure(tensor.error());
}

std::vector<float> floats(const val& array) {
    return emscripten::convertJSArrayToNumberVector<float>(array);
}

std::vector<double> doubles(const val& array) {
    return emscripten::convertJSArrayToNumberVector<double>(array);
}

likeness::Rgb rgb(int red, int green, int blue) {
    return {static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
            static_cast<std::uint8_t>(blue)};
}

/// One image at a time on its way to the network's input tensor.
class Tensorizer {
public:
    explicit Tensorizer(const likeness::PreprocessSpec& spec) : spec_(spec) {}

    /// A view of `bytes` bytes of staging memory, to be filled before the next call.
    val stage(std::size_t bytes) {
        if (bytes > capacity_) {
            staging_.reset(static_cast<std::uint8_t*>(std::malloc(bytes)));
            capacity_ = staging_ ? bytes : 0;
        }
        staged_ = capacity_ >= bytes ? bytes : 0;
        if (staged_ != bytes) {
            return failure({likeness::ErrorCode::out_of_memory,
                            "There is no memory for " + std::to_string(bytes) +
                                " bytes of image data. Try a smaller image."});
        }
        return success(val(emscripten::typed_memory_view(staged_, staging_.get())));
    }

    val inspect(double max_file_bytes, double max_pixels) {
        const auto info = likeness::read_info(staged(), options(max_file_bytes, max_pixels, {}));
        return info ? success(describe(info.value())) : failure(info.error());
    }

    val decode(double max_file_bytes, double max_pixels, int red, int green, int blue) {
        background_ = rgb(red, green, blue);
        auto image = likeness::decode(staged(), options(max_file_bytes, max_pixels, background_));
        release_staging();
        if (!image) return failure(image.error());
        image_ = std::move(image).value();
        return success(val::null());
    }

    val preprocess_decoded() {
        if (!image_) return failure(missing("decode"));
        const auto tensor = likeness::preprocess(image_->view(), spec_, background_);
        image_.reset();
        return tensor_outcome(tensor);
    }

    val begin(int width, int height, int red, int green, int blue) {
        constexpr int kRgba = 4;
        auto preprocessor =
            likeness::Preprocessor::create({width, height}, kRgba, spec_, rgb(red, green, blue));
        if (!preprocessor) return failure(preprocessor.error());
        preprocessor_ = std::move(preprocessor).value();
        row_bytes_ = static_cast<std::size_t>(preprocessor_->region().width) * kRgba;
        return success(describe(preprocessor_->region()));
    }

    val push(int rows) {
        if (!preprocessor_) return failure(missing("begin"));
        const auto status = preprocessor_->push_rows(staged(), row_bytes_, rows);
        return status ? success(val::null()) : failure(status.error());
    }

    val finish() {
        if (!preprocessor_) return failure(missing("begin"));
        const auto tensor = preprocessor_->finish();
        preprocessor_.reset();
        release_staging();
        return tensor_outcome(tensor);
    }

private:
    [[nodiscard]] std::span<const std::uint8_t> staged() const { return {staging_.get(), staged_}; }

    void release_staging() {
        staging_.reset();
        capacity_ = 0;
        staged_ = 0;
    }

    static likeness::DecodeOptions options(double max_file_bytes, double max_pixels,
                                           likeness::Rgb background) {
        return {.max_pixels = static_cast<std::uint64_t>(max_pixels),
                .max_file_bytes = static_cast<std::size_t>(max_file_bytes),
                .background = background};
    }

    static likeness::Error missing(const std::string& call) {
        return {likeness::ErrorCode::invalid_argument, "Call " + call + " first."};
    }

    static val describe(const likeness::ImageInfo& info) {
        val description = val::object();
        description.set("format", std::string(likeness::to_string(info.format)));
        description.set("width", info.size.width);
        description.set("height", info.size.height);
        return description;
    }

    static val describe(const likeness::Region& region) {
        val description = val::object();
        description.set("x", region.x);
        description.set("y", region.y);
        description.set("width", region.width);
        description.set("height", region.height);
        return description;
    }

    likeness::PreprocessSpec spec_;
    likeness::PixelBuffer staging_;
    std::size_t capacity_ = 0;
    std::size_t staged_ = 0;
    likeness::Rgb background_;
    std::optional<likeness::Image> image_;
    std::optional<likeness::Preprocessor> preprocessor_;
    std::size_t row_bytes_ = 0;
};

/// One model's road from cosine to score and verdict.
class Scorer {
public:
    Scorer(likeness::Calibration calibration, likeness::VerdictThresholds thresholds)
        : calibration_(std::move(calibration)), thresholds_(thresholds) {}

    [[nodiscard]] val score(double cosine) const {
        const double score = calibration_.score(cosine);
        const auto verdict = likeness::verdict_for(score, thresholds_);
        if (!verdict) return failure(verdict.error());
        val rating = val::object();
        rating.set("score", score);
        rating.set("verdict", std::string(likeness::to_string(verdict.value())));
        return success(rating);
    }

private:
    likeness::Calibration calibration_;
    likeness::VerdictThresholds thresholds_;
};

val create_tensorizer(int resize, int size, const val& mean, const val& std) {
    const auto means = floats(mean);
    const auto deviations = floats(std);
    likeness::PreprocessSpec spec{.resize_short_side = resize, .crop = size};
    if (means.size() != spec.mean.size() || deviations.size() != spec.std.size()) {
        return failure({likeness::ErrorCode::invalid_argument,
                        "mean and std take three numbers each: red, green, blue."});
    }
    std::copy(means.begin(), means.end(), spec.mean.begin());
    std::copy(deviations.begin(), deviations.end(), spec.std.begin());
    return success(val(std::make_shared<Tensorizer>(spec)));
}

val create_scorer(const val& cosines, const val& scores, double near_duplicate, double similar) {
    auto calibration = likeness::Calibration::create(doubles(cosines), doubles(scores));
    if (!calibration) return failure(calibration.error());
    return success(val(std::make_shared<Scorer>(
        std::move(calibration).value(), likeness::VerdictThresholds{near_duplicate, similar})));
}

val global_average_pool(const val& feature_map, int channels, int cells) {
    return tensor_outcome(likeness::global_average_pool(floats(feature_map), channels, cells));
}

val cosine_similarity(const std::string& model_a, const val& vector_a, const std::string& model_b,
                      const val& vector_b) {
    const auto cosine = likeness::cosine_similarity(likeness::Embedding{model_a, floats(vector_a)},
                                                    likeness::Embedding{model_b, floats(vector_b)});
    return cosine ? success(val(cosine.value())) : failure(cosine.error());
}

double memory_bytes() { return static_cast<double>(emscripten_get_heap_size()); }

}  // namespace

EMSCRIPTEN_BINDINGS(likeness_core) {
    emscripten::class_<Tensorizer>("Tensorizer")
        .smart_ptr<std::shared_ptr<Tensorizer>>("TensorizerPointer")
        .function("stage", &Tensorizer::stage)
        .function("inspect", &Tensorizer::inspect)
        .function("decode", &Tensorizer::decode)
        .function("preprocessDecoded", &Tensorizer::preprocess_decoded)
        .function("begin", &Tensorizer::begin)
        .function("push", &Tensorizer::push)
        .function("finish", &Tensorizer::finish);
    emscripten::class_<Scorer>("Scorer")
        .smart_ptr<std::shared_ptr<Scorer>>("ScorerPointer")
        .function("score", &Scorer::score);
    emscripten::function("createTensorizer", &create_tensorizer);
    emscripten::function("createScorer", &create_scorer);
    emscripten::function("globalAveragePool", &global_average_pool);
    emscripten::function("cosineSimilarity", &cosine_similarity);
    emscripten::function("memoryBytes", &memory_bytes);
}
