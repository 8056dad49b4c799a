/// @file
/// What the pixels of two pictures prove, and what was done to make one of the other.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "likeness/fingerprint.hpp"
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
    reanimated,  ///< The first frames are all that was compared, and b has more or fewer of them.
                 ///< `amount`: frames of b.
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

/// What is known of two pictures beside their embeddings.
struct Evidence {
    bool same_pixels = false;  ///< Equal sizes, digests and numbers of frames.
    CopyKind copy = CopyKind::none;
    std::optional<Registration> registration;  ///< None where the pictures weren't looked at.
    std::vector<Change> changes;               ///< Empty unless copy is near_duplicate or variant.
};

/// What fingerprints alone say: identical, or nothing.
[[nodiscard]] Evidence compare_fingerprints(const Fingerprint& a, const Fingerprint& b) noexcept;

/// Lays the pictures over each other, unless they have the same pixels. Where all that was compared
/// is the first of several frames, and their numbers differ, a copy counts as a variant. Errors as
/// register_pictures().
Result<Evidence> examine(const Fingerprint& a, const PictureDescription& described_a,
                         const Fingerprint& b, const PictureDescription& described_b);

}  // namespace likeness
