/// @file
/// 64-bit hashes that change little when an image is re-encoded, resized or retouched.
#pragma once

#include <cstdint>
#include <span>

#include "likeness/error.hpp"
#include "likeness/fingerprint.hpp"
#include "likeness/orientation.hpp"

namespace likeness {

/// Two hashes of one luma; a hash's bits run from the least significant one, row by row.
struct PerceptualHash {
    /// Which of the 8 × 8 lowest frequencies of the 32 × 32 luma's two-dimensional DCT-II lie above
    /// their median. C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
    /// Functions" (2010), here with the frequencies from 0 up. In integers throughout.
    std::uint64_t dct = 0;

    /// Which pixels of the 9 × 8 luma have a brighter right-hand neighbour (N. Krawetz, "Kind of
    /// Like That", 2013). In integers throughout.
    std::uint64_t gradient = 0;

    bool operator==(const PerceptualHash&) const = default;
};

/// The hashes of a luma (a square of Fingerprint::luma_side, see there) after orient() with
/// `orientation`. `invalid-argument` for another length.
Result<PerceptualHash> perceptual_hash(std::span<const std::uint8_t> luma,
                                       Orientation orientation = Orientation::top_left);

/// The hashes of `fingerprint.luma`, the image without its borders.
Result<PerceptualHash> perceptual_hash(const Fingerprint& fingerprint,
                                       Orientation orientation = Orientation::top_left);

/// The number of bits that differ, 0 to 64.
[[nodiscard]] int hamming_distance(std::uint64_t a, std::uint64_t b) noexcept;

}  // namespace likeness
