#include "likeness/error.hpp"

namespace likeness {

std::string_view to_string(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::unsupported_format:
            return "unsupported-format";
        case ErrorCode::corrupt_image:
            return "corrupt-image";
        case ErrorCode::image_too_large:
            return "image-too-large";
        case ErrorCode::out_of_memory:
            return "out-of-memory";
        case ErrorCode::model_mismatch:
            return "model-mismatch";
        case ErrorCode::model_load_failed:
            return "model-load-failed";
        case ErrorCode::invalid_argument:
            return "invalid-argument";
        case ErrorCode::zero_embedding:
            return "zero-embedding";
    }
    std::abort();
}

}  // namespace likeness
