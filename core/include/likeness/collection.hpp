/// @file
/// Many images: candidates for copies, proven copies, which image of each group to keep, and
/// similar images.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "likeness/calibration.hpp"
#include "likeness/copy.hpp"
#include "likeness/embedding.hpp"
#include "likeness/error.hpp"
#include "likeness/fingerprint.hpp"
#include "likeness/image.hpp"
#include "likeness/nearest.hpp"
#include "likeness/perceptual_hash.hpp"
#include "likeness/registration.hpp"
#include "likeness/sketch_features.hpp"

namespace likeness {

/// The data of an image by which candidates for its copies are found: about 8 kB.
struct PictureSketch {
    Size size;                              ///< Of the image.
    std::array<std::uint64_t, 2> digest{};  ///< See Fingerprint::digest.
    int frames = 1;                         ///< See Fingerprint::frames.
    std::vector<PerceptualHash> hashes;     ///< In the eight orientations: of the luma without
                                            ///< borders and, if it differs, of the whole luma.
    Size feature_size;                      ///< Of the image to which the points belong.
    std::vector<FeaturePoint> points;
    int oversampling = 1;  ///< See SketchFeatures::oversampling.

    /// `invalid-argument` for lumas of a wrong length.
    static Result<PictureSketch> of(const Fingerprint& fingerprint, const SketchFeatures& features);
};

/// Facts about an image's file. They decide which of two equal images to keep.
struct FileFacts {
    double bytes = 0.0;     ///< Size of the file, or 0 if it isn't known.
    double modified = 0.0;  ///< Time of the last change, on any scale; smaller is older.
};

/// The part of a Registration that decides which of several copies to keep. The defaults are those
/// of two images with the same pixels.
struct CopyProof {
    CopyKind kind = CopyKind::none;
    double scale = 1.0;      ///< See PictureTransform::scale.
    double covered_a = 1.0;  ///< See Registration, this one and the next ones.
    double covered_b = 1.0;
    double content_covered_a = 1.0;
    double content_covered_b = 1.0;
    double blur = 0.0;
    double noise = 0.0;
    bool turned = false;  ///< Rotated by an angle more than 1° away from a multiple of 90°.
    bool greyscale_a = false;
    bool greyscale_b = false;

    /// `size_a` and `size_b` are the sizes of the images. Where nothing was registered, as with
    /// images without detail, the scale is computed from their areas.
    static CopyProof of(const Evidence& evidence, Size size_a, Size size_b) noexcept;
};

/// Two images by their numbers, a < b.
struct PicturePair {
    std::size_t a;
    std::size_t b;

    bool operator==(const PicturePair&) const = default;
};

/// Two images that are copies or variants of each other.
struct ProvenPair {
    PicturePair pair;
    CopyProof proof;
};

/// An image to keep, and the images that it can replace: each was proven to be a copy of it that
/// shows nothing more, and nothing at a higher resolution.
struct CopyGroup {
    std::size_t kept;
    std::vector<std::size_t> spare;  ///< Ascending; never empty.

    bool operator==(const CopyGroup&) const = default;
};

/// An image that is similar to another one.
struct AlikePicture {
    std::size_t item;
    double cosine;  ///< Centred.
    double score;   ///< See rate(), without evidence.
};

/// Two images and how alike they are.
struct ScoredPair {
    PicturePair pair;
    double score;
};

/// Scores of all pairs of some images.
struct ScoreMatrix {
    std::vector<std::size_t> order;  ///< Indices into the given items; similar ones are neighbours.
    std::vector<float> scores;       ///< n × n, row by row, in this order; 100 on the diagonal.
};

/// The model of a collection's embeddings.
struct EmbeddingSpace {
    std::string model;        ///< See Embedding::model.
    std::size_t dimension;    ///< Of its vectors.
    std::vector<float> mean;  ///< Its mean embedding (see centre()); empty if it has none.
    Calibration score;        ///< Centred cosine to score.
};

/// Images that are compared with each other, numbered from 0 in the order they were added.
///
/// Copies are found in three steps, each of which can be stopped after any image or pair:
/// images are added; advance() finds candidates for each among those before it, from their
/// hashes, features and embeddings; the caller compares their pixels (examine()) and reports the
/// result with verify(). Two proven copies of one image are candidates as well. Images with the
/// same pixels need no proof; only the first of them takes part in the search.
///
/// For each image it stores the embedding (see EmbeddingIndex) and at most 16 kB more. The time to
/// find an image's candidates hardly depends on the number of images: of descriptors that many
/// images share only the latest are used.
///
/// The result depends on the images and their order alone: not on how many were added before
/// advance() was called, nor on the order of the proofs.
class Collection {
public:
    /// The most images that matrix() takes.
    static constexpr std::size_t largest_matrix = 200;

    /// `invalid-argument` for a dimension of 0 or above EmbeddingIndex::max_dimension, and for a
    /// mean of another length or with values that aren't finite.
    static Result<Collection> create(EmbeddingSpace space);

    Collection(Collection&&) noexcept;
    Collection& operator=(Collection&&) noexcept;
    ~Collection();

    [[nodiscard]] std::size_t size() const noexcept;

    /// The first image with the same pixels as this one, which may be itself. `item` < size().
    [[nodiscard]] std::size_t first_with_pixels_of(std::size_t item) const noexcept;

    /// Adds an image. Without a sketch no copies of it are found. `model-mismatch`,
    /// `invalid-argument` for another dimension, values that aren't finite and a sketch with more
    /// points than max_points or without the hashes that PictureSketch::of() gives it,
    /// `zero-embedding`, `out-of-memory`; nothing is added then.
    Status add(const Embedding& embedding, const std::optional<PictureSketch>& sketch,
               FileFacts file);

    /// Searches candidates for the next `pictures` images. Returns whether any images are left.
    bool advance(std::size_t pictures);

    /// How many images advance() has searched.
    [[nodiscard]] std::size_t searched() const noexcept;

    /// How many pairs are still to be verified.
    [[nodiscard]] std::size_t candidate_count() const noexcept;

    /// The first `most` pairs to verify, sorted by b, then a. Images with the same pixels are
    /// represented by the first of them.
    [[nodiscard]] std::vector<PicturePair> candidates(std::size_t most) const;

    /// Records what the pixels of two images proved, or that they proved nothing. The pair need not
    /// be a candidate, and its images need not have been searched yet. `invalid-argument` unless
    /// a < b < size(), for images with the same pixels or without a sketch, for a pair that has
    /// been verified before, and for numbers that aren't finite.
    Status verify(PicturePair pair, const CopyProof& proof);

    /// The same with the result of examine().
    Status verify(PicturePair pair, const Evidence& evidence);

    /// All pairs that are copies or variants of each other, sorted by b, then a. Among images with
    /// the same pixels each is paired with the first one only, and only the first one with others.
    [[nodiscard]] std::vector<ProvenPair> proven() const;

    /// Groups of an image to keep and the images that it can replace, in the order of the first
    /// image of each group. No image is in two groups.
    ///
    /// The better of two copies is decided by these rules, in this order: it shows more of the
    /// scene; it has colour; its true resolution is higher (more pixels, not counting enlargement,
    /// unless the other one has more detail at a common scale); it has less border; its file is
    /// larger, that is, less compressed; it is older; it was added first. The image to keep is the
    /// one than which the fewest of its copies are better.
    ///
    /// An image doesn't replace another one if their pair is among the `refused`. That also holds
    /// for images with the same pixels.
    [[nodiscard]] std::vector<CopyGroup> groups(std::span<const PicturePair> refused = {}) const;

    /// The `k` images most similar to an image, best first, without the image itself.
    /// `invalid-argument` if there is no image with this number.
    [[nodiscard]] Result<std::vector<AlikePicture>> nearest(std::size_t item, std::size_t k) const;

    /// The scores of all pairs of up to largest_matrix images. `invalid-argument` for more, and
    /// for numbers without an image.
    [[nodiscard]] Result<ScoreMatrix> matrix(std::span<const std::size_t> items) const;

    /// The pairs of images from `first` up to, not including, `last` with those after each of
    /// them, that have at least `score`; a ascending, then b. `invalid-argument` unless
    /// first ≤ last ≤ size().
    [[nodiscard]] Result<std::vector<ScoredPair>> pairs_from(double score, std::size_t first,
                                                             std::size_t last) const;

    /// The score of a centred cosine without evidence from pixels, 0 to 87.9.
    [[nodiscard]] double score(double cosine) const noexcept;

    /// The smallest cosine with at least this score, within 2^-40; above 1 where there is none.
    [[nodiscard]] double least_cosine(double score) const noexcept;

    /// The centred embeddings.
    [[nodiscard]] const EmbeddingIndex& embeddings() const noexcept;

private:
    struct State;

    explicit Collection(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

/// An image and the images that are similar to it.
struct SimilarGroup {
    std::size_t centre;
    std::vector<std::size_t> alike;  ///< The most alike first; never empty.

    bool operator==(const SimilarGroup&) const = default;
};

/// Groups of similar images at any threshold. The images of a group are similar to its centre, not
/// necessarily to each other.
class SimilarGroups {
public:
    /// The most images in a group, without its centre.
    static constexpr std::size_t most_alike = 64;

    /// How many images were compared.
    [[nodiscard]] std::size_t size() const noexcept { return alike_.size(); }

    /// Groups of images whose cosine with their centre is at least `cosine` (see
    /// Collection::least_cosine), in the order of their centres. The image with the most
    /// similar images is the first centre; the next one is chosen in the same way among the rest.
    /// Ties are decided by the largest sum of cosines, then by the lowest number.
    [[nodiscard]] std::vector<SimilarGroup> from(double cosine) const;

    /// How many pairs have at least this cosine, to the nearest 1/32,768.
    [[nodiscard]] std::uint64_t pairs_from(double cosine) const noexcept;

private:
    friend class SimilarSearch;

    struct Alike {
        float cosine;
        std::uint32_t item;
    };

    /// Of each image those it is most like, best first.
    std::vector<std::vector<Alike>> alike_;
    std::vector<std::uint64_t> counts_;
};

/// Makes SimilarGroups of a collection's cosines, in steps between which the caller can do other
/// work. The collection must neither change nor be destroyed meanwhile.
class SimilarSearch {
public:
    explicit SimilarSearch(const Collection& collection);

    /// Compares the next `rows` images with all those after them. Returns whether any are left.
    bool advance(std::size_t rows);

    /// The result, once no row is left; it ends the search.
    [[nodiscard]] SimilarGroups finish();

private:
    void take(std::size_t item, std::size_t other, float cosine);

    const EmbeddingIndex* embeddings_;
    SimilarGroups groups_;
    std::vector<float> band_;
    /// Of each image the least cosine that it still takes.
    std::vector<float> least_;
    std::size_t next_ = 0;
};

}  // namespace likeness
