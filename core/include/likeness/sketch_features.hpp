/// @file
/// The features of an image by which its copies are found among many images.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"
#include "likeness/registration.hpp"
#include "likeness/resample.hpp"
#include "likeness/row_splitter.hpp"

namespace likeness {

/// The corners of an image, and how much it was enlarged.
struct SketchFeatures {
    /// About the area, in pixels, of the small image in which corners are searched. It is smaller
    /// than that of PictureDescription::overview: as many copies are found, in a third of the time.
    static constexpr int area = 224 * 224;

    /// The most corners that are kept.
    static constexpr std::size_t max_points = 192;

    static constexpr int most_oversampling = 8;

    PictureFeatures corners;

    /// 1, 2, 4 or most_oversampling: how many pixels wide the finest detail is, because the image
    /// was enlarged or is blurred.
    int oversampling = 1;

    /// The features of a complete image; transparent pixels are composited on `background`.
    /// `out-of-memory`.
    static Result<SketchFeatures> of(const ImageView& image, Rgb background = {255, 255, 255});
};

/// Computes the features of an image that arrives row by row. All rows are needed, in full width.
///
/// Corners are those of the image resized to SketchFeatures::area, as far as no side becomes
/// longer than PictureDetail::max_side.
///
/// Oversampling is measured by second differences of green levels along every fourth row: let e(k)
/// be the mean of (p(x − k) − 2 p(x) + p(x + k))². Where the row is smooth over 2 k pixels e(k) /
/// e(2 k) is 1/16; in photographs as cameras make them, and in reduced ones, it is rarely below
/// 1/4. A row is oversampled by the first of 1, 2, 4 with which it isn't below 0.18; an image by
/// the value that half of its rows with detail reach at least, because sharp text on a screenshot
/// must not decide for the image in it.
class SketchFeaturesReader {
public:
    /// For pixels that are RGB (channels 3) or RGBA (4). `invalid-argument` for other channels or
    /// sizes below 1.
    static Result<SketchFeaturesReader> create(Size size, int channels, Rgb background);

    /// See StreamingResampler::push_row.
    void push_row(const PlanarRow& row) noexcept;

    /// `invalid-argument` before all rows are there, `out-of-memory`.
    [[nodiscard]] Result<SketchFeatures> finish() const;

private:
    /// Distances of 1, 2, 4 and 8 pixels.
    static constexpr std::size_t levels = 4;

    SketchFeaturesReader(StreamingResampler overview, int width);

    [[nodiscard]] int oversampling() const noexcept;

    StreamingResampler overview_;
    int width_;
    int rows_taken_ = 0;
    std::array<int, levels> rows_{};  ///< How many rows have each oversampling.
};

/// The features as bytes for storage: width and height of PictureFeatures::size as 16-bit numbers,
/// the oversampling (8 bits), then of each point the four words, x and y (16 bits), the direction
/// and the octave part (8 bits each), all little-endian.
[[nodiscard]] std::vector<std::uint8_t> pack_features(const SketchFeatures& features);

/// The inverse. `invalid-argument` for bytes that pack_features() doesn't produce.
Result<SketchFeatures> unpack_features(std::span<const std::uint8_t> bytes);

}  // namespace likeness
