/// @file
/// Errors are values: every function of the core that can fail returns a Result.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace likeness {

/// What went wrong, by kinds that callers can handle.
enum class ErrorCode {
    unsupported_format,  ///< An image in a format (or flavour of one) that the core doesn't
                         ///< decode.
    corrupt_image,       ///< The bytes begin like a known format and break its rules.
    image_too_large,     ///< More bytes or pixels than the limits allow.
    out_of_memory,       ///< The pixels don't fit in memory.
    model_mismatch,      ///< Embeddings of different models, weight versions or views.
    model_load_failed,   ///< A network's weights that can't be used.
    invalid_argument,    ///< A mistake of the caller.
    zero_embedding,      ///< A vector without direction has no cosine.
};

/// The stable public name of a code, in kebab case: "unsupported-format".
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

/// A code for programs and a message for people: what was wrong, and what to do.
struct Error {
    ErrorCode code;
    std::string message;
};

/// Either a value or an Error. Accessing the one that isn't there ends the program.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : value_(std::move(value)) {}
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& value() & { return required(value_); }
    [[nodiscard]] const T& value() const& { return required(value_); }
    [[nodiscard]] T&& value() && { return std::move(required(value_)); }

    [[nodiscard]] Error& error() & { return required(error_); }
    [[nodiscard]] const Error& error() const& { return required(error_); }
    [[nodiscard]] Error&& error() && { return std::move(required(error_)); }

private:
    template <class Held>
    static auto& required(Held& held) {
        if (!held) std::abort();
        return *held;
    }

    // One of them; a variant would be larger, as code.
    std::optional<T> value_;
    std::optional<Error> error_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] const Error& error() const& {
        if (!error_) std::abort();
        return *error_;
    }
    [[nodiscard]] Error&& error() && {
        if (!error_) std::abort();
        return std::move(*error_);
    }

private:
    std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace likeness
