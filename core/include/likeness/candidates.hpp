/// @file
/// Candidates for copies among more images than one Collection holds. What a Collection looks for
/// at once is split here into searches that machines can share: each takes all images in their
/// order, finds its part, and the parts are put together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/fingerprint.hpp"
#include "likeness/registration.hpp"
#include "likeness/sketch_features.hpp"

namespace likeness {

/// One of several searches for common corners, which split the slots of a hash table between them.
struct CornerShare {
    /// There are no more slots to be split.
    static constexpr std::uint32_t most = 5 * 4096;

    std::uint32_t number = 0;  ///< From 0.
    std::uint32_t count = 1;
};

/// A corner of an image that looks like one of an image before it.
struct CornerHit {
    std::uint32_t item;  ///< The earlier image. Its corner has the next six; see FeaturePoint.
    std::uint16_t x;
    std::uint16_t y;
    std::int8_t direction_x;
    std::int8_t direction_y;
    std::uint8_t octave_part;
    std::uint8_t number;    ///< Among the corners of its image.
    std::uint8_t point;     ///< Number of the corner of the later image.
    std::uint8_t distance;  ///< How many of 256 bits differ.
    std::uint8_t mirrored;  ///< 1 where the later image's corner was mirrored, else 0.
    std::uint8_t padding = 0;

    bool operator==(const CornerHit&) const = default;
};

namespace collection {
class FeatureIndex;
class HashIndex;
}  // namespace collection

/// A share of the search for images that have corners in common. It keeps 64 bytes for each corner
/// that belongs to one of its slots.
class CornerSearch {
public:
    /// `invalid-argument` unless number < count ≤ CornerShare::most.
    static Result<CornerSearch> create(CornerShare share);

    CornerSearch(CornerSearch&&) noexcept;
    CornerSearch& operator=(CornerSearch&&) noexcept;
    ~CornerSearch();

    /// Takes the next image. Items ascend. Returns the hits among the images before it that this
    /// share finds.
    std::vector<CornerHit> take(std::uint32_t item, std::span<const FeaturePoint> points);

    /// The images that Collection would suggest for the image with these points because of common
    /// corners, from the hits of all shares in any order: at most 32. `invalid-argument` for a hit
    /// of a point that isn't there, or of a corner that is none.
    static Result<std::vector<std::uint32_t>> candidates(std::span<const CornerHit> hits,
                                                         std::span<const FeaturePoint> points);

private:
    explicit CornerSearch(CornerShare share);

    std::unique_ptr<collection::FeatureIndex> index_;
};

/// The search for images with close perceptual hashes. Each image takes 24 bytes, or 48 if it has
/// borders, and each question a comparison with all images before it.
class HashSearch {
public:
    HashSearch();
    HashSearch(HashSearch&&) noexcept;
    HashSearch& operator=(HashSearch&&) noexcept;
    ~HashSearch();

    /// The images that Collection would suggest for an image with this fingerprint because of its
    /// hashes, among those added before: at most 32. `invalid-argument` for lumas of a wrong
    /// length.
    [[nodiscard]] Result<std::vector<std::uint32_t>> find(const Fingerprint& fingerprint) const;

    /// Items ascend. Errors as find() has them.
    Status add(std::uint32_t item, const Fingerprint& fingerprint);

private:
    std::unique_ptr<collection::HashIndex> index_;
};

/// Two images by their numbers, the later one first, and about how alike they are.
struct NearPair {
    std::uint32_t later;
    std::uint32_t earlier;
    float cosine;  ///< Estimated: see NearSearch.

    bool operator==(const NearPair&) const = default;
};

/// The search for images with near embeddings where there are too many to compare each with each.
///
/// Each embedding is projected at random to `code_length` numbers, of which a byte each is kept: a
/// count sketch with four places for each value (M. Charikar, K. Chen and M. Farach-Colton, ICALP
/// 2002; D. Kane and J. Nelson, SODA 2012). A tree splits all images in about halves along the
/// direction from one of them to another, and the halves in the same way, until no more than
/// `leaf_size` are left (S. Dasgupta and Y. Freund, "Random projection trees and low dimensional
/// manifolds", STOC 2008). These are compared each with each. Two embeddings at an angle θ stay on
/// one side of a random plane with the probability 1 − θ/π, and many trees find what one misses. A
/// tree sees a fifth of each code, since what it takes is memory: whole codes are compared where
/// that fifth is near. The trees take turns with the fifths.
///
/// The estimates tell what is worth an exact cosine. What a tree finds depends on the images, their
/// order and its number alone: machines can share the trees, and put together what they found.
class NearSearch {
public:
    static constexpr std::size_t code_length = 320;
    static constexpr std::size_t leaf_size = 64;

    /// How many pairs are kept for each image, the likeliest ones.
    static constexpr std::size_t most_kept = 16;

    /// Smaller estimates are left out. Those of cosines of 0.9 have a standard deviation of 0.011.
    static constexpr float least_estimate = 0.85F;

    /// How many trees find two of so many embeddings that have a cosine of 0.9 with a probability
    /// of 99.95 %, if planes are random. Never fewer than a million embeddings take.
    static std::uint32_t trees_for(std::size_t embeddings) noexcept;

    /// `invalid-argument` for a dimension of 0 or above EmbeddingIndex::max_dimension.
    static Result<NearSearch> create(std::size_t dimension);

    /// Adds an embedding, centred where the model has a mean. Pairs are found where one of the two
    /// is `wanted`. `invalid-argument` for another dimension and values that aren't finite,
    /// `zero-embedding`.
    Status add(std::span<const float> embedding, bool wanted);

    [[nodiscard]] std::size_t size() const noexcept { return lengths_.size(); }

    /// Looks through the tree of this number.
    void search(std::uint32_t tree);

    /// What was found, by the later image; for each the best estimate first.
    [[nodiscard]] std::vector<NearPair> found() const;

private:
    struct Kept {
        float cosine;
        std::uint32_t earlier;
    };

    explicit NearSearch(std::size_t dimension);

    /// A piece of a code: as long as a line of the cache.
    using Piece = std::array<std::int8_t, 64>;
    static constexpr std::size_t pieces = code_length / std::tuple_size_v<Piece>;
    static_assert(pieces * std::tuple_size_v<Piece> == code_length);

    class Tree;

    [[nodiscard]] const Piece& piece_of(std::uint32_t row, std::size_t piece) const noexcept;
    [[nodiscard]] float estimate(std::uint32_t a, std::uint32_t b) const noexcept;
    void keep(std::uint32_t later, Kept pair);

    /// Where values of an embedding are added, and, in the lowest bit, whether with the other sign.
    std::vector<std::uint16_t> places_;
    std::size_t dimension_;
    /// The first pieces of some codes, then the second ones of these, …
    std::vector<std::vector<Piece>> blocks_;
    std::vector<float> lengths_;        ///< Of the codes.
    std::vector<std::uint8_t> wanted_;  ///< 0 or 1.
    std::vector<std::vector<Kept>> kept_;
};

}  // namespace likeness
