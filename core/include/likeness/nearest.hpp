/// @file
/// Many embeddings held in memory: the nearest ones to a query, and the cosines of all pairs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "likeness/embedding.hpp"
#include "likeness/error.hpp"
#include "likeness/image.hpp"

namespace likeness {

/// One result of a query.
struct Neighbour {
    std::size_t row;  ///< Number of the embedding, in the order they were added, from 0.
    double cosine;    ///< Exactly the value of cosine_similarity().

    bool operator==(const Neighbour&) const = default;
};

/// Embeddings of one model and one dimension, numbered in the order they were added. Each takes its
/// floats, a quarter of that again for an 8-bit copy, and 32 bytes; memory grows in steps of about
/// 5 MiB, and what is there never moves.
class EmbeddingIndex {
public:
    /// The bounds on rounding errors are proven up to this length of an embedding.
    static constexpr std::size_t max_dimension = 65536;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// 0 until something has been added.
    [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
    /// Embedding::model; empty until something has been added.
    [[nodiscard]] const std::string& model() const noexcept { return model_; }

    /// Adds embeddings that lie one after the other, `dimension` floats each: all of them, or none
    /// where there is an error. The first ones decide about model and dimension. `model-mismatch`
    /// for another model; `invalid-argument` for another dimension, one of 0 or above
    /// max_dimension, a length that isn't a multiple of it and values that aren't finite;
    /// `zero-embedding`; `out-of-memory`. Messages name an embedding by the number it would have
    /// had.
    Status add(const std::string& model, std::size_t dimension, std::span<const float> values);

    /// Removes all embeddings except the first `count`.
    void keep_first(std::size_t count);

    /// The `k` embeddings with the largest cosines, best first, equal ones by row number: exactly
    /// those that computing every cosine would give. All of them where there are no more than `k`.
    /// `model-mismatch`, `invalid-argument` and `zero-embedding` as cosine_similarity has them; an
    /// empty index takes queries of any model and dimension.
    [[nodiscard]] Result<std::vector<Neighbour>> nearest(const Embedding& query,
                                                         std::size_t k) const;

    /// The embedding of a row below size(); valid until the index changes.
    [[nodiscard]] std::span<const float> row(std::size_t row) const noexcept {
        return {values(row), dimension_};
    }

    /// How many cosines pairwise() gives for these rows; first ≤ last ≤ size().
    [[nodiscard]] std::size_t pair_count(std::size_t first, std::size_t last) const noexcept;

    /// The cosines of each of the rows from `first` up to, not including, `last` with all rows
    /// after it, rounded to float: (first, first + 1), (first, first + 2), …, (first + 1, first +
    /// 2), …. Bands that follow each other, from 0 to size(), give all pairs in the order of
    /// scipy.spatial.distance.pdist. `invalid-argument` unless first ≤ last ≤ size() and `cosines`
    /// holds pair_count(first, last) floats.
    [[nodiscard]] Status pairwise(std::size_t first, std::size_t last,
                                  std::span<float> cosines) const;

private:
    friend class NearestSearch;

    /// What bounds a cosine with a row from above, beside its codes; nearest.cpp says how. The
    /// lengths are shares of the row's own.
    struct RowBound {
        double square_sum;  ///< The row's dot product with itself.
        double step;        ///< From one code to the next.
        double offset;      ///< The value of code 0.
        double error;       ///< Length of what the codes leave out.
    };

    template <class T>
    using Buffer = std::unique_ptr<T[], FreeDeleter>;

    /// As many rows as fit into one step of memory. From std::malloc, which alone reports the end
    /// of memory as a null pointer everywhere: Emscripten's `new (std::nothrow)` ends the program.
    struct Block {
        Buffer<float> values;
        Buffer<std::uint8_t> codes;
        Buffer<RowBound> bounds;
    };

    [[nodiscard]] Status check(const std::string& model, std::size_t dimension,
                               std::span<const float> values) const;
    [[nodiscard]] Status grow(std::size_t rows);
    void append(const float* row);
    [[nodiscard]] const float* values(std::size_t row) const noexcept;
    [[nodiscard]] const std::uint8_t* codes(std::size_t row) const noexcept;
    [[nodiscard]] const RowBound& bound(std::size_t row) const noexcept;

    std::string model_;
    std::size_t dimension_ = 0;
    std::size_t code_stride_ = 0;  ///< `dimension_`, rounded up to whole vectors.
    std::size_t block_rows_ = 0;
    std::size_t size_ = 0;
    std::vector<Block> blocks_;
};

/// A query in steps between which the caller can do other work. The index must neither change nor
/// be destroyed meanwhile.
class NearestSearch {
public:
    /// Errors as EmbeddingIndex::nearest has them.
    static Result<NearestSearch> create(const EmbeddingIndex& index, const Embedding& query,
                                        std::size_t k);

    /// Searches the next `rows` rows. Returns whether any are left.
    bool advance(std::size_t rows);

    /// Leaves out the next `rows` rows.
    void skip(std::size_t rows) noexcept;

    /// How many cosines were computed; the others were excluded by their bounds.
    [[nodiscard]] std::size_t computed() const noexcept { return computed_; }

    /// The result for the rows that were searched; it ends the search.
    [[nodiscard]] std::vector<Neighbour> finish();

private:
    NearestSearch(const EmbeddingIndex& index, const std::vector<float>& query, std::size_t k);

    [[nodiscard]] double upper_bound(std::size_t row) const noexcept;
    void consider(Neighbour candidate);

    const EmbeddingIndex* index_;
    std::size_t k_;
    std::vector<double> query_;
    double square_sum_ = 0.0;
    std::vector<std::int16_t> codes_;
    double code_sum_ = 0.0;
    double step_ = 0.0;
    double kept_ = 0.0;   ///< Length of what the codes keep of the query, as a share of its own.
    double error_ = 0.0;  ///< Length of what they leave out.
    std::vector<Neighbour> best_;  ///< A heap, the worst in front.
    std::size_t next_ = 0;
    std::size_t computed_ = 0;
};

}  // namespace likeness
