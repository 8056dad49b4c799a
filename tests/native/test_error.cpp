#include "likeness/error.hpp"
#include "support/catch.hpp"

using namespace likeness;

TEST_CASE("error codes have kebab-case names", "[error]") {
    CHECK(to_string(ErrorCode::unsupported_format) == "unsupported-format");
    CHECK(to_string(ErrorCode::corrupt_image) == "corrupt-image");
    CHECK(to_string(ErrorCode::image_too_large) == "image-too-large");
    CHECK(to_string(ErrorCode::out_of_memory) == "out-of-memory");
    CHECK(to_string(ErrorCode::model_mismatch) == "model-mismatch");
    CHECK(to_string(ErrorCode::invalid_argument) == "invalid-argument");
    CHECK(to_string(ErrorCode::zero_embedding) == "zero-embedding");
}

TEST_CASE("a result holds a value or an error", "[error]") {
    const Result<int> value(7);
    REQUIRE(value);
    CHECK(value.value() == 7);

    const Result<int> failed(Error{ErrorCode::invalid_argument, "why"});
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::invalid_argument);
    CHECK(failed.error().message == "why");

    CHECK(Status().has_value());
    CHECK(Status(Error{ErrorCode::corrupt_image, ""}).error().code == ErrorCode::corrupt_image);
}
