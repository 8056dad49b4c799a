/// @file
/// What the pixels of two images prove, and how one was made from the other.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "likeness/fingerprint.hpp"
#include "likeness/registration.hpp"

namespace likeness {

/// What pixels prove about two images.
enum class CopyKind {
    none,            ///< Nothing proves that one was made from the other.
    variant,         ///< Mostly the same image, with other content in some places.
    near_duplicate,  ///< One was made from the other: everything that both show is the same.
    identical,       ///< The same pixels.
};

/// "none", "variant", "near-duplicate", "identical".
[[nodiscard]] std::string_view to_string(CopyKind kind) noexcept;

/// A pure function of the registration and of whether both have the same pixels, transparency
/// included. Images with little content need more agreement; two without content are copies if
/// their colours are the same everywhere.
[[nodiscard]] CopyKind copy_kind(const Registration& registration, bool same_pixels) noexcept;

/// A kind of change from a to b.
enum class ChangeKind {
    re_encoded,  ///< Only small differences, everywhere.
    resized,     ///< `amount`: scale, in pixels of b for one of a.
    cropped,     ///< b shows only a part of a. `amount`: that part's share of a's area.
    uncropped,   ///< a shows only a part of b's scene. `amount`: that part's share of b's area.
    bordered,    ///< b has a border without detail. `amount`: the share of b's area that both show.
    unbordered,  ///< a has such a border. `amount`: the share of a's area that both show.
    turned,      ///< Rotated by the angle of Registration::transform. `amount`: its cosine.
    mirrored,    ///< Left to right, before it was rotated.
    greyscale,   ///< b lost its colour.
    coloured,    ///< b has colour, a has none.
    exposed,     ///< Other brightness or contrast. `amount`: the gain.
    blurred,     ///< b has less fine detail. `amount`: smoothings by 1 2 1 that make a match b.
    sharpened,   ///< b has more fine detail. `amount`: the same for b.
    added,       ///< Something was added on a's background.
    removed,     ///< Something of a was removed.
    replaced,    ///< Something was replaced by something else.
    reanimated,  ///< b has another number of frames (only the first ones were compared).
                 ///< `amount`: frames of b.
};

/// "re-encoded", "resized", …
[[nodiscard]] std::string_view to_string(ChangeKind kind) noexcept;

struct Change {
    ChangeKind kind;
    double amount = 0.0;
    Rectangle a;  ///< Where, in pixels of a and of b: the place that changed, or everything that
    Rectangle b;  ///< both show.
};

/// The changes, in the order of ChangeKind, places in the order of Registration::differences. Empty
/// if the images aren't copies or variants of each other.
[[nodiscard]] std::vector<Change> changes_of(const Registration& registration);

/// What the pixels of two images prove.
struct Evidence {
    bool same_pixels = false;  ///< Equal sizes, digests and numbers of frames.
    CopyKind copy = CopyKind::none;
    std::optional<Registration> registration;  ///< None if the images weren't registered.
    std::vector<Change> changes;               ///< Empty unless copy is near_duplicate or variant.
};

/// The evidence of fingerprints alone: identical, or nothing.
[[nodiscard]] Evidence compare_fingerprints(const Fingerprint& a, const Fingerprint& b) noexcept;

/// Registers the images, unless they have the same pixels. If the numbers of frames differ, a copy
/// counts as a variant, because only the first frames were compared. Errors as
/// register_pictures().
Result<Evidence> examine(const Fingerprint& a, const PictureDescription& described_a,
                         const Fingerprint& b, const PictureDescription& described_b);

}  // namespace likeness
