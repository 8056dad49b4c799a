/// @file
/// Everything that is made of a picture's pixels, in one pass over its rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/fingerprint.hpp"
#include "likeness/image.hpp"
#include "likeness/preprocess.hpp"
#include "likeness/row_splitter.hpp"

namespace likeness {

/// Whether a picture's fingerprint is wanted beside its tensor: it takes about as long.
enum class Wanted { tensor, tensor_and_fingerprint };

/// What a picture is reduced to.
struct PictureInput {
    std::vector<float> tensor;               ///< See Preprocessor::finish.
    Size size;                               ///< Of the tensor.
    std::optional<Fingerprint> fingerprint;  ///< Where it was wanted.
};

/// Makes tensor and fingerprint of one picture that arrives in bands of rows. All rows are to be
/// handed over, whole; each is taken apart once, for both.
class PictureReader {
public:
    /// Errors as Preprocessor::create.
    static Result<PictureReader> create(Size size, int channels, const PreprocessSpec& spec,
                                        Rgb background, Wanted wanted);

    /// See StreamingResampler::push_rows; a row has as many pixels as the picture is wide.
    Status push_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows);

    /// `invalid-argument` before all rows are there, `out-of-memory`.
    [[nodiscard]] Result<PictureInput> finish() const;

private:
    PictureReader(Preprocessor preprocessor, std::optional<Fingerprinter> fingerprinter, Size size,
                  int channels, Rgb background);

    void push_row(const std::uint8_t* row) noexcept;

    Preprocessor preprocessor_;
    std::optional<Fingerprinter> fingerprinter_;
    Size size_;
    int channels_;
    int first_column_;  ///< That is read.
    std::size_t first_byte_;
    RowSplitter splitter_;
    int rows_taken_ = 0;
};

/// All steps at once for pixels that are all there. Errors as PictureReader::create and finish.
Result<PictureInput> read_picture(const ImageView& image, const PreprocessSpec& spec,
                                  Rgb background, Wanted wanted);

}  // namespace likeness
