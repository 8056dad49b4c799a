/// @file
/// Antialiased bilinear resize with exactly Pillow's result, without holding the source in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"
#include "likeness/row_splitter.hpp"

namespace likeness {

/// Resizes an image that arrives in bands of rows, and produces one window of the result.
///
/// The arithmetic is that of `Image.resize(target, Image.BILINEAR)` in Pillow 9.4
/// (src/libImaging/Resample.c): a triangle filter widened by the scale when shrinking, weights in
/// 22-bit fixed point, horizontal pass first, its result rounded to 8 bits. All of it is integer
/// arithmetic once the weights are known, so neither the banding nor the vector width of the
/// machine can change a bit.
///
/// Working memory: 3 bytes for each pixel of the window, 12 for each pixel of the few rows that are
/// under way at a time (3 when shrinking), 3 for each column of region(), and 4 for each horizontal
/// weight. It doesn't depend on the height of the source.
class StreamingResampler {
public:
    struct Spec {
        Size source;       ///< Of the whole image.
        Size target;       ///< Of the whole image after resizing.
        Region window;     ///< The part of the target to produce.
        int channels = 3;  ///< Of the source: 3 for RGB, 4 for RGBA (not premultiplied).
        Rgb background{255, 255, 255};  ///< What transparent pixels are composited on.
    };

    /// `invalid-argument` for sizes below 1, channels other than 3 or 4, or a window that isn't
    /// inside the target.
    static Result<StreamingResampler> create(const Spec& spec);

    /// The part of the source that the window depends on: only its rows and columns must be pushed.
    [[nodiscard]] const Region& region() const noexcept { return region_; }

    /// Takes the next `rows` rows of region(), top to bottom. `bytes` starts at the region's first
    /// column; rows are `stride` bytes apart. `invalid-argument` (and nothing is taken) for a
    /// stride shorter than a row, too few bytes, or more rows than are left.
    Status push_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows);

    /// Takes the next row of region(), from the region's first column on; not after complete(). For
    /// several readers of the same rows, which are then taken apart only once.
    void push_row(const PlanarRow& row) noexcept;

    /// Of the window.
    [[nodiscard]] Size size() const noexcept { return window_; }

    /// Whether all rows of region() have arrived.
    [[nodiscard]] bool complete() const noexcept { return rows_taken_ == region_.height; }

    /// The window as RGB. `invalid-argument` before complete(), `out-of-memory`.
    [[nodiscard]] Result<Image> finish() const;

    /// Bytes of memory that this object holds.
    [[nodiscard]] std::size_t working_bytes() const noexcept;

private:
    /// Source pixels [begin, begin + count), relative to the region, weighted by
    /// weights[offset] and following.
    struct Taps {
        int begin;
        int count;
        std::size_t offset;
    };

    /// One direction's filter: taps[i] belongs to pixel i of the window.
    struct Axis {
        int first_source;
        int source_count;
        std::vector<Taps> taps;
        std::vector<std::int32_t> weights;
    };

    StreamingResampler(const Spec& spec, const Axis& horizontal, Axis vertical);

    static Axis make_axis(int source, int target, int window_begin, int window_count);
    /// How many window rows need one and the same source row, at most.
    static std::size_t most_open(std::span<const Taps> rows) noexcept;
    void cut_weights(const Axis& horizontal);
    template <class Weigh>
    void weigh_row(const PlanarRow& row, Weigh weigh) noexcept;
    void round_row(const PlanarRow& row) noexcept;
    void round_exactly(const PlanarRow& row, std::size_t x) noexcept;
    void accumulate_row() noexcept;
    void finish_row(std::size_t y) noexcept;

    Region region_;
    int channels_;
    Size window_;
    RowSplitter splitter_;
    Axis vertical_;
    std::size_t columns_;  ///< Of the window, and more that stay empty, for vectors of four.

    // Horizontal weights of 22 bits are cut into two of 16, as the fastest multiplication wants
    // them: rough ones, shifted and rounded, and the remainders. The remainders' sum has a known
    // bound, so they are only multiplied in the few cases where they could change the rounded sum.
    int rough_shift_ = 0;
    std::size_t octets_ = 0;           ///< Of taps, of every column.
    std::vector<std::size_t> begins_;  ///< [column]: the first pixel of the region that it needs
    std::vector<std::int16_t> rough_weights_;  ///< [column][tap]
    std::vector<std::int16_t> rest_weights_;   ///< [column][tap]
    std::vector<std::int32_t> least_;  ///< [column]: a rough sum plus this is at most the exact one
    std::vector<std::int32_t> doubt_;  ///< [column]: how much larger than that the exact one may be

    std::vector<std::int32_t> rough_sums_;  ///< [column][channel]: four numbers, still to be added

    std::vector<std::int32_t> resized_;  ///< [channel][column] of the current row
    std::size_t open_rows_;              ///< The most window rows that one source row belongs to.
    std::vector<std::int32_t> sums_;     ///< [window row % open_rows_][channel][column]
    std::vector<std::uint8_t> pixels_;   ///< [window row][column][channel] of finished rows
    int rows_taken_ = 0;
    std::size_t first_open_ = 0;  ///< The first window row that still lacks source rows.
};

}  // namespace likeness
