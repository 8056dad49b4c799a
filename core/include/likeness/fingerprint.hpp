/// @file
/// Summaries of images: they find equal images and candidates for copies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"
#include "likeness/resample.hpp"

namespace likeness {

/// A summary of an image: a digest that finds the same pixels, and small grey images that find
/// edited copies.
struct Fingerprint {
    /// The side of both lumas, in pixels.
    static constexpr int luma_side = 64;

    Size size;  ///< Of the image.

    /// XXH3, 128 bits (Y. Collet, xxHash 0.8): low half, high half. Of width and height as 32-bit
    /// little-endian numbers, then the rows from the top, of each all its red bytes, then all
    /// green, then all blue ones, transparent pixels composited. Where there are such pixels, it
    /// is the XXH3 of that and of a second one (both in xxHash's canonical form): of each row that
    /// has such pixels its number as such a number, then all its opacities.
    std::array<std::uint64_t, 2> digest{};

    /// No pixel inside the borders has channels further apart than Fingerprinter::grey_tolerance.
    bool greyscale = false;

    /// luma_side rows of luma_side pixels: the image without uniform borders, stretched to a
    /// square; ITU-R BT.601 luma in Pillow's integers,
    /// (19595 R + 38470 G + 7471 B + 32768) >> 16.
    std::vector<std::uint8_t> luma;

    /// The same of the whole image, borders included; equal to `luma` where nothing was trimmed.
    std::vector<std::uint8_t> full_luma;

    /// Of the file, see count_frames(). The caller sets it.
    int frames = 1;
};

/// Computes the fingerprint of an image that arrives in bands of rows. All rows are needed, in full
/// width.
///
/// Rows go into the digest, and into a thumbnail of 128 × 128 pixels, which the bilinear resampler
/// stretches to that shape. From the thumbnail uniform borders are trimmed: at each of the four
/// edges the rows (columns) whose pixels all lie within border_tolerance of the mean colour of the
/// outermost one, and one more, because an edge seldom falls between two pixels of the thumbnail,
/// so that the one beside it is a mixture. At most a quarter is cut off at each edge. Nothing is
/// trimmed from an image that is uniform all over. What is left is stretched to the luma's square.
///
/// Each edge is judged alone, on the whole thumbnail. So rotating by quarter turns or mirroring an
/// image does the same to its luma (to the bit for mirrored images with sides that are multiples of
/// 128; otherwise the resampler's rounding may change a pixel by a level or two).
class Fingerprinter {
public:
    /// How far, in levels of any channel, the pixels of a border may be from its mean colour: about
    /// the noise that JPEG at low quality adds to a flat colour.
    static constexpr int border_tolerance = 8;

    /// Largest minus smallest channel of a pixel that still counts as grey. JPEG's chroma of a grey
    /// image is exact in theory; converters and colour profiles add a few levels.
    static constexpr int grey_tolerance = 8;

    /// For an image of `size` whose pixels are RGB (channels 3) or RGBA (4, not premultiplied),
    /// composited on `background`. `invalid-argument` for other channels or sizes below 1.
    static Result<Fingerprinter> create(Size size, int channels, Rgb background);

    Fingerprinter(Fingerprinter&&) noexcept;
    Fingerprinter& operator=(Fingerprinter&&) noexcept;
    ~Fingerprinter();

    /// The whole image.
    [[nodiscard]] const Region& region() const noexcept { return thumbnail_.region(); }

    /// See StreamingResampler::push_rows.
    Status push_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows);

    /// See StreamingResampler::push_row.
    void push_row(const PlanarRow& row) noexcept;

    [[nodiscard]] bool complete() const noexcept { return thumbnail_.complete(); }

    /// `invalid-argument` before complete(), `out-of-memory`.
    [[nodiscard]] Result<Fingerprint> finish() const;

    /// Bytes of memory that this object holds.
    [[nodiscard]] std::size_t working_bytes() const noexcept;

private:
    struct Digest;

    Fingerprinter(StreamingResampler thumbnail, Size size, int channels, Rgb background);

    StreamingResampler thumbnail_;
    std::unique_ptr<Digest> digest_;
    RowSplitter splitter_;
    Size size_;
    int channels_;
    int rows_taken_ = 0;
};

/// All steps at once for a complete image. Errors as Fingerprinter::create and finish.
Result<Fingerprint> fingerprint(const ImageView& image, Rgb background);

}  // namespace likeness
