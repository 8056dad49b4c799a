/// @file
/// What a registration proves about two pictures.
#pragma once

#include <string_view>

#include "likeness/registration.hpp"

namespace likeness {

/// What two pictures are to each other as pixels, whatever they show.
enum class CopyKind {
    none,            ///< Nothing proves that one was made from the other.
    variant,         ///< Most of what they show is the same, and somewhere something else is shown.
    near_duplicate,  ///< All they have in common is the same: the one may stand in for the other.
};

/// "none", "variant", "near-duplicate".
[[nodiscard]] std::string_view to_string(CopyKind kind) noexcept;

/// A pure function of the registration. Pictures with little content need more agreement; two
/// without any are copies where their colours are the same everywhere.
[[nodiscard]] CopyKind copy_kind(const Registration& registration) noexcept;

}  // namespace likeness
