/// @file
/// Everything that is computed from an image's pixels, in one pass over its rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "likeness/decode.hpp"
#include "likeness/error.hpp"
#include "likeness/fingerprint.hpp"
#include "likeness/image.hpp"
#include "likeness/preprocess.hpp"
#include "likeness/registration.hpp"
#include "likeness/row_splitter.hpp"
#include "likeness/sketch_features.hpp"

namespace likeness {

/// What to compute beside the tensor; each takes about as long as the tensor.
struct Wanted {
    bool fingerprint = false;
    bool detail = false;    ///< For register_pictures().
    bool features = false;  ///< For a PictureSketch.
};

/// The data computed from an image.
struct PictureInput {
    std::vector<float> tensor;               ///< See Preprocessor::finish.
    Size size;                               ///< Of the tensor.
    std::optional<Fingerprint> fingerprint;  ///< If it was wanted.
    std::optional<PictureDetail> detail;     ///< If it was wanted.
    std::optional<SketchFeatures> features;  ///< If they were wanted.
};

/// Makes tensor, fingerprint, detail and features of one image that arrives in bands of rows. All
/// rows must be pushed, in full width; each is split into its channels once.
///
/// Transparent pixels are composited on the background. Where an image then shows nothing (white
/// artwork on a transparent ground, on a white background), tensor, detail and features are those
/// on the opposite colour; the fingerprint never is.
class PictureReader {
public:
    /// Errors as Preprocessor::create.
    static Result<PictureReader> create(Size size, int channels, const PreprocessSpec& spec,
                                        Rgb background, Wanted wanted) {
        return create(size, channels, spec, background, wanted, size);
    }

    /// The same for a draft: pixels of an image of size `original` that its decoder reduced to
    /// `size`. Tensor, detail and fingerprint have the sizes that the image's own pixels would give
    /// them; the fingerprint's digest is that of the draft's pixels, and the features' oversampling
    /// says nothing of the image.
    static Result<PictureReader> create(Size size, int channels, const PreprocessSpec& spec,
                                        Rgb background, Wanted wanted, Size original);

    /// See StreamingResampler::push_rows; a row has as many pixels as the image is wide.
    Status push_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows);

    /// `invalid-argument` before all rows are there, `out-of-memory`.
    [[nodiscard]] Result<PictureInput> finish() const;

private:
    /// What an image becomes on one background.
    struct Composited {
        RowSplitter splitter;
        Preprocessor preprocessor;
        std::optional<StreamingResampler> detail;
        std::optional<SketchFeaturesReader> features;
    };

    PictureReader(Composited composited, std::optional<Fingerprinter> fingerprinter, Size size,
                  int channels, Rgb background, bool whole_rows, Size original);

    void push_row(const std::uint8_t* row);
    void take(Composited& composited, const PlanarRow& planes) const noexcept;

    Composited composited_;
    /// On the opposite colour, from the first row with a transparent pixel on.
    std::optional<Composited> on_opposite_;
    std::optional<Fingerprinter> fingerprinter_;
    Size size_;      ///< Of the pixels.
    Size original_;  ///< Of the image.
    int channels_;
    Rgb background_;
    bool whole_rows_;
    int first_column_;  ///< That is read.
    int columns_;       ///< That are.
    std::size_t first_byte_;
    int rows_taken_ = 0;
};

/// All steps at once for a complete image. Errors as PictureReader::create and finish.
Result<PictureInput> read_picture(const ImageView& image, const PreprocessSpec& spec,
                                  Rgb background, Wanted wanted);

/// The same for a file: its transparency counts, and the fingerprint knows its frames. Errors as
/// decode(), too.
/// @param options all but `keep_alpha`
Result<PictureInput> read_picture_file(std::span<const std::uint8_t> file, DecodeOptions options,
                                       const PreprocessSpec& spec, Wanted wanted);

}  // namespace likeness
