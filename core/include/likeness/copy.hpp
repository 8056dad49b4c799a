/// @file
/// What a registration proves about two pictures, and what was done to make one of the other.
#pragma once

#include <string_view>
#include <vector>

#include "likeness/registration.hpp"

namespace likeness {

/// What two pictures are to each other as pixels, whatever they show.
enum class CopyKind {
    none,            ///< Nothing proves that one was made from the other.
    variant,         ///< Most of what they show is the same, and somewhere something else is shown.
    near_duplicate,  ///< All they have in common is the same: the one may stand in for the other.
    identical,       ///< The same pixels.
};

/// "none", "variant", "near-duplicate", "identical".
[[nodiscard]] std::string_view to_string(CopyKind kind) noexcept;

/// A pure function of the registration and of whether both have the same pixels, transparency
/// included. Pictures with little content need more agreement; two without any are copies where
/// their colours are the same everywhere.
[[nodiscard]] CopyKind copy_kind(const Registration& registration, bool same_pixels) noexcept;

/// What was done to a to make b.
enum class ChangeKind {
    re_encoded,  ///< Nothing but small differences everywhere.
    resized,     ///< `amount`: pixels of b to one of a.
    cropped,     ///< b shows only a part of a. `amount`: that part's share of a's area.
    uncropped,   ///< a shows only a part of b's scene. `amount`: that part's share of b's area.
    bordered,    ///< Around what both show, b has a ground without detail. `amount`: as above.
    unbordered,  ///< a has. `amount`: the share of a's area that both show.
    turned,      ///< By the angle of Registration::transform. `amount`: its cosine.
    mirrored,    ///< Left to right, before it was turned.
    greyscale,   ///< b lost its colour.
    coloured,    ///< b has colour, a hasn't.
    exposed,     ///< Brighter or darker, or of other contrast. `amount`: the gain.
    blurred,     ///< b has less fine detail. `amount`: smoothings by 1 2 1 that make a as soft.
    sharpened,   ///< b has more.
    added,       ///< Something is laid over a's ground.
    removed,     ///< Something of a is gone.
    replaced,    ///< Something else is shown.
};

/// "re-encoded", "resized", …
[[nodiscard]] std::string_view to_string(ChangeKind kind) noexcept;

struct Change {
    ChangeKind kind;
    double amount = 0.0;
    Rectangle a;  ///< Where, in pixels of a and of b: of the part in common, or of the place that
    Rectangle b;  ///< changed.
};

/// In the order of ChangeKind, places in that of Registration::differences; none where the pictures
/// aren't copies or variants of each other.
[[nodiscard]] std::vector<Change> changes_of(const Registration& registration);

}  // namespace likeness
