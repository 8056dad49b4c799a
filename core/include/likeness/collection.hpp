/// @file
/// Many pictures: which may be copies of each other, which have been proven to be, which of them to
/// keep, and which are alike.
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

/// What is remembered of a picture to find those that may be copies of it: about 8 kB.
struct PictureSketch {
    Size size;                              ///< Of the picture.
    std::array<std::uint64_t, 2> digest{};  ///< See Fingerprint::digest.
    int frames = 1;                         ///< See Fingerprint::frames.
    std::vector<PerceptualHash> hashes;     ///< In the eight orientations: of the luma without
                                            ///< borders and, where that is another, of the whole.
    Size feature_size;                      ///< Of the picture in which the points lie.
    std::vector<FeaturePoint> points;
    int oversampling = 1;  ///< See SketchFeatures::oversampling.

    /// `invalid-argument` for lumas of another length.
    static Result<PictureSketch> of(const Fingerprint& fingerprint, const SketchFeatures& features);
};

/// What a file says of the picture in it; both decide which of two equal pictures to keep.
struct FileFacts {
    double bytes = 0.0;     ///< Its size, or 0 where that isn't known.
    double modified = 0.0;  ///< When it was last changed, on any scale; smaller is older.
};

/// What a Registration says of the place of a copy among others. The defaults are those of two
/// pictures with the same pixels.
struct CopyProof {
    CopyKind kind = CopyKind::none;
    double scale = 1.0;      ///< See PictureTransform::scale.
    double covered_a = 1.0;  ///< See Registration, this one and the next ones.
    double covered_b = 1.0;
    double content_covered_a = 1.0;
    double content_covered_b = 1.0;
    double blur = 0.0;
    double noise = 0.0;
    bool turned = false;  ///< By an angle that isn't a multiple of 90°, but for 1°.
    bool greyscale_a = false;
    bool greyscale_b = false;

    /// `size_a` and `size_b` are those of the pictures: where nothing was registered, as with plain
    /// ones, the scale is that of their areas.
    static CopyProof of(const Evidence& evidence, Size size_a, Size size_b) noexcept;
};

/// Two pictures by their numbers, a < b.
struct PicturePair {
    std::size_t a;
    std::size_t b;

    bool operator==(const PicturePair&) const = default;
};

/// Two pictures that are copies or variants of each other.
struct ProvenPair {
    PicturePair pair;
    CopyProof proof;
};

/// A picture to keep, and others that it may stand in for: each has been proven to be a copy of it
/// that shows nothing more, and nothing at a higher resolution.
struct CopyGroup {
    std::size_t kept;
    std::vector<std::size_t> spare;  ///< Ascending; never empty.

    bool operator==(const CopyGroup&) const = default;
};

/// A picture that is like another one.
struct AlikePicture {
    std::size_t item;
    double cosine;  ///< Centred.
    double score;   ///< See rate(), without evidence.
};

/// Two pictures and how alike they are.
struct ScoredPair {
    PicturePair pair;
    double score;
};

/// Scores of all pairs of some pictures.
struct ScoreMatrix {
    std::vector<std::size_t> order;  ///< Places in what was asked for, so that groups show.
    std::vector<float> scores;       ///< n × n, row by row, in that order; 100 on the diagonal.
};

/// What a collection's model makes of vectors.
struct EmbeddingSpace {
    std::string model;        ///< See Embedding::model.
    std::size_t dimension;    ///< Of its vectors.
    std::vector<float> mean;  ///< Its mean embedding (see centre()); empty where it has none.
    Calibration score;        ///< Centred cosine to score.
};

/// Pictures that are held against each other, numbered from 0 in the order they were added.
///
/// Copies are found in three steps, each of which can be stopped after any picture or pair:
/// pictures are added; advance() finds candidates for each among those before it, from their
/// hashes, features and embeddings; the caller looks at their pixels (examine()) and hands in what
/// that proved. Two proven copies of one picture are candidates themselves. Pictures with the same
/// pixels need no proof, and candidates are looked for among the first of each kind only.
///
/// Of each picture it keeps the embedding (see EmbeddingIndex) and at most 16 kB more. Looking for
/// a picture's candidates takes about as long however many there are before it: of descriptors that
/// many share only the latest are looked at.
///
/// What is found depends on the pictures and their order alone: not on how many were added before
/// advance() was called, nor on the order in which proofs came in.
class Collection {
public:
    /// Pictures that a matrix is made of, at most.
    static constexpr std::size_t largest_matrix = 200;

    /// `invalid-argument` for a dimension of 0 or above EmbeddingIndex::max_dimension, and for a
    /// mean of another length or with values that aren't finite.
    static Result<Collection> create(EmbeddingSpace space);

    Collection(Collection&&) noexcept;
    Collection& operator=(Collection&&) noexcept;
    ~Collection();

    [[nodiscard]] std::size_t size() const noexcept;

    /// The first picture with the same pixels as this one, which is there: often itself.
    [[nodiscard]] std::size_t first_with_pixels_of(std::size_t item) const noexcept;

    /// Adds a picture. One without a sketch has no copies. `model-mismatch`, `invalid-argument` for
    /// another dimension, values that aren't finite and a sketch with more points than max_points
    /// or without the hashes that PictureSketch::of() gives it, `zero-embedding`,
    /// `out-of-memory`; nothing is added then.
    Status add(const Embedding& embedding, const std::optional<PictureSketch>& sketch,
               FileFacts file);

    /// Looks for candidates of the next `pictures` pictures. Returns whether any are left.
    bool advance(std::size_t pictures);

    /// How many pictures advance() has looked at.
    [[nodiscard]] std::size_t searched() const noexcept;

    /// How many pairs there are to verify.
    [[nodiscard]] std::size_t candidate_count() const noexcept;

    /// The first `most` pairs to verify, by b, then a. Those of pictures with the same pixels are
    /// named by the first of each.
    [[nodiscard]] std::vector<PicturePair> candidates(std::size_t most) const;

    /// Takes what the pixels of two pictures proved, or that they proved nothing. Other pairs than
    /// candidates are welcome, and pictures that weren't searched yet. `invalid-argument` unless
    /// a < b < size(), for pictures with the same pixels or without a sketch, for a pair that has
    /// been verified before, and for numbers that aren't finite.
    Status verify(PicturePair pair, const CopyProof& proof);

    /// The same with what examine() says.
    Status verify(PicturePair pair, const Evidence& evidence);

    /// All pairs that are copies or variants of each other, by b, then a. Of pictures with the same
    /// pixels each is paired with the first one, and only that one with others.
    [[nodiscard]] std::vector<ProvenPair> proven() const;

    /// Pictures that may go, and which one stands in for them, in the order of the first picture of
    /// each group. No picture is in two groups.
    ///
    /// Of two copies the better one is the one that shows more of the scene; then the one with
    /// colour; the one with the higher true resolution: more pixels, those of enlarging left out,
    /// unless the other one has more detail at a common scale; the one with less of a border; the
    /// larger file, which is less compressed; the older one; the first one. Kept is what fewest of
    /// its copies are better than.
    ///
    /// None stands in for another where that pair is among the `refused`. What is said of a picture
    /// counts for those with the same pixels, too.
    [[nodiscard]] std::vector<CopyGroup> groups(std::span<const PicturePair> refused = {}) const;

    /// The `k` pictures most like one of them, best first, itself left out. `invalid-argument` for
    /// a number that no picture has.
    [[nodiscard]] Result<std::vector<AlikePicture>> nearest(std::size_t item, std::size_t k) const;

    /// The scores of all pairs of up to largest_matrix pictures. `invalid-argument` for more, and
    /// for numbers that no picture has.
    [[nodiscard]] Result<ScoreMatrix> matrix(std::span<const std::size_t> items) const;

    /// The pairs of pictures from `first` up to, not including, `last` with those after each of
    /// them, that have at least `score`; a ascending, then b. `invalid-argument` unless
    /// first ≤ last ≤ size().
    [[nodiscard]] Result<std::vector<ScoredPair>> pairs_from(double score, std::size_t first,
                                                             std::size_t last) const;

    /// What a centred cosine is worth where nothing is proven, 0 to 87.9.
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

/// Pictures that are like one of them.
struct SimilarGroup {
    std::size_t centre;
    std::vector<std::size_t> alike;  ///< The most alike first; never empty.

    bool operator==(const SimilarGroup&) const = default;
};

/// Groups of similar pictures at any threshold. Each is a picture and what is like that one: no
/// chain leads from one to another.
class SimilarGroups {
public:
    /// Pictures of a group, beside its centre, at most.
    static constexpr std::size_t most_alike = 64;

    /// How many pictures were looked at.
    [[nodiscard]] std::size_t size() const noexcept { return alike_.size(); }

    /// Groups of pictures whose cosine with their centre is at least `cosine` (see
    /// Collection::least_cosine), in the order of their centres. The picture that is like most
    /// others is a centre; then, without those, the next one. Of several that are like equally
    /// many, the one with the largest sum of cosines; of those the first.
    [[nodiscard]] std::vector<SimilarGroup> from(double cosine) const;

    /// How many pairs have at least this cosine, to the nearest 1/32,768.
    [[nodiscard]] std::uint64_t pairs_from(double cosine) const noexcept;

private:
    friend class SimilarSearch;

    struct Alike {
        float cosine;
        std::uint32_t item;
    };

    /// Of each picture those it is most like, best first.
    std::vector<std::vector<Alike>> alike_;
    std::vector<std::uint64_t> counts_;
};

/// Makes SimilarGroups of a collection's cosines, for callers that want to do something else now
/// and then. The collection must neither change nor go away meanwhile.
class SimilarSearch {
public:
    explicit SimilarSearch(const Collection& collection);

    /// Compares the next `rows` pictures with all those after them. Returns whether any are left.
    bool advance(std::size_t rows);

    /// The answer, once no row is left; the search is over then.
    [[nodiscard]] SimilarGroups finish();

private:
    void take(std::size_t item, std::size_t other, float cosine);

    const EmbeddingIndex* embeddings_;
    SimilarGroups groups_;
    std::vector<float> band_;
    /// Of each picture the least cosine that it still takes.
    std::vector<float> least_;
    std::size_t next_ = 0;
};

}  // namespace likeness
