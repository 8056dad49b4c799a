/// @file
/// Antialiased bilinear resize, bit for bit what Pillow computes, without holding the source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"

namespace likeness {

/// Resizes a picture that arrives in bands of rows, and produces one window of the result.
///
/// The arithmetic is that of `Image.resize(target, Image.BILINEAR)` in Pillow 9.4
/// (src/libImaging/Resample.c): a triangle filter widened by the scale when shrinking, weights in
/// 22-bit fixed point, horizontal pass first, its result rounded to 8 bits. All of it is integer
/// arithmetic once the weights are known, so neither the banding nor the vector width of the
/// machine can change a bit.
///
/// Working memory: 16 bytes for each pixel of the window, 8 for each column of region(), and 16
/// for each horizontal weight. It doesn't depend on the height of the source.
class StreamingResampler {
public:
    struct Spec {
        Size source;       ///< Of the whole picture.
        Size target;       ///< Of the whole picture after resizing.
        Region window;     ///< The part of the target to produce.
        int channels = 3;  ///< Of the source: 3 for RGB, 4 for RGBA (not premultiplied).
        Rgb background{255, 255, 255};  ///< What transparent pixels are composited on.
    };

    /// `invalid-argument` for sizes below 1, channels other than 3 or 4, or a window that isn't
    /// inside the target.
    static Result<StreamingResampler> create(const Spec& spec);

    /// The part of the source that the window depends on: only its rows, and of those only its
    /// columns, are to be handed over.
    [[nodiscard]] const Region& region() const noexcept { return region_; }

    /// Takes the next `rows` rows of region(), top to bottom. `bytes` starts at the region's first
    /// column; rows are `stride` bytes apart. `invalid-argument` (and nothing is taken) for a
    /// stride shorter than a row, too few bytes, or more rows than are left.
    Status push_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows);

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

    /// Four neighbouring taps for multiply-adds of pairs: each 22-bit weight is cut into two parts
    /// that fit in 16 bits.
    struct WeightQuad {
        std::int16_t high[4];
        std::int16_t low[4];
    };

    /// Pixels [begin, begin + 4 count) of a row, weighted by quad_weights_[offset] and following.
    struct QuadTaps {
        std::size_t begin;
        std::size_t count;
        std::size_t offset;
    };

    StreamingResampler(const Spec& spec, const Axis& horizontal, Axis vertical);

    static Axis make_axis(int source, int target, int window_begin, int window_count);
    void make_quads(const Axis& horizontal);
    const std::uint8_t* opaque_row(const std::uint8_t* row) noexcept;
    void resample_row(const std::uint8_t* rgbx) noexcept;
    void accumulate_row() noexcept;

    Region region_;
    int channels_;
    Rgb background_;
    Size window_;
    Axis vertical_;
    std::vector<QuadTaps> quad_taps_;
    std::vector<WeightQuad> quad_weights_;
    bool narrow_ = false;                ///< Whether some output's quads are longer than a row.
    std::vector<std::uint8_t> staged_;   ///< [column][r g b x] of rows that can't be read in place
    std::vector<std::int32_t> resized_;  ///< [window column][r g b x] of the current row
    std::vector<std::int32_t> accumulated_;  ///< [window row][window column][r g b x]
    int rows_taken_ = 0;
    std::size_t first_open_ = 0;  ///< The first window row that still lacks source rows.
};

}  // namespace likeness
