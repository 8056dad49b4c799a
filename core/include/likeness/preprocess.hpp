/// @file
/// Computes the network's input tensor from pixels: of the whole image, or as torchvision does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"
#include "likeness/resample.hpp"

namespace likeness {

/// Which part of an image the network sees.
enum class View : std::uint8_t {
    whole,   ///< The whole image, in nearly its own shape: see whole_size().
    centre,  ///< The square in its middle, after its short side was resized, as in torchvision.
};

/// A model's input. The defaults are those of torchvision's MobileNet_V2_Weights.IMAGENET1K_V1
/// (resize 256, crop 224, ImageNet mean and standard deviation), but for the view.
struct PreprocessSpec {
    View view = View::whole;
    /// Of every input, in pixels; in View::whole of a square that has about the area of any.
    int side = 224;
    int stride = 32;   ///< Pixels a cell of the feature map; at most `side`. Of View::whole.
    int resize = 256;  ///< Pixels of the resized short side; at least `side`. Of View::centre.
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};  ///< Of R, G, B in [0, 1].
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};   ///< Of R, G, B; not zero.
};

/// The sides that a whole image of `source` pixels is resized to: side · √(width / height) and
/// side · √(height / width), each rounded to the nearest multiple of `stride`, halves up. Only a
/// square's width is rounded down there: at side 144 and stride 32 it gets 128 × 160 pixels, as
/// many as pictures that are nearly square, not 160 × 160.
///
/// A network whose feature map has a cell for stride × stride pixels then sees all of the image
/// in nearly its own shape, and the area stays about side². No side gets fewer than two cells,
/// because a strip of one cell is recognised less well; an image so long and thin that its short
/// side would be below 1.5 strides is squashed to the shape where it is 1.5. So no input is larger
/// than 1.4 side² (224, 144 and 128 pixels, stride 32), and none of them below 0.75 side².
///
/// All arithmetic is of whole numbers. Swapping width and height swaps the sides, but for such
/// squares. `invalid-argument` for sizes below 1, a stride below 1 or above `side`, and sides above
/// 16384.
Result<Size> whole_size(Size source, int side, int stride);

/// Size after resizing the short side to `short_side`; the long side is cut to an integer, as
/// torchvision.transforms.functional.resize does. `image-too-large` where the long side would pass
/// 2^31 - 1; `invalid-argument` for sizes below 1.
Result<Size> resized_size(Size source, int short_side);

/// Offset of a centred crop: int(round((length - crop) / 2)), half to even, as
/// torchvision.transforms.functional.center_crop. Needs length >= crop.
[[nodiscard]] int center_crop_offset(int length, int crop) noexcept;

/// Makes the tensor of one image that arrives in bands of rows. Only the rows and columns that
/// the view depends on are needed.
class Preprocessor {
public:
    /// For an image of `size` whose pixels are RGB (channels 3) or RGBA (4, not premultiplied),
    /// composited on `background`. `invalid-argument` for other channels, sizes below 1, or a spec
    /// that breaks the bounds named there; `image-too-large` as resized_size().
    static Result<Preprocessor> create(Size size, int channels, const PreprocessSpec& spec,
                                       Rgb background) {
        return create(size, channels, spec, background, size);
    }

    /// The same for pixels of an image of size `original` that its decoder reduced to `size`: the
    /// tensor has the shape that the image's own pixels would give it.
    static Result<Preprocessor> create(Size size, int channels, const PreprocessSpec& spec,
                                       Rgb background, Size original);

    /// See StreamingResampler::region.
    [[nodiscard]] const Region& region() const noexcept { return resampler_.region(); }

    /// See StreamingResampler::push_rows.
    Status push_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows) {
        return resampler_.push_rows(bytes, stride, rows);
    }

    /// See StreamingResampler::push_row.
    void push_row(const PlanarRow& row) noexcept { resampler_.push_row(row); }

    [[nodiscard]] bool complete() const noexcept { return resampler_.complete(); }

    /// Width and height of the tensor.
    [[nodiscard]] Size size() const noexcept { return resampler_.size(); }

    /// What the network sees as RGB pixels, before scaling. Errors as finish().
    [[nodiscard]] Result<Image> pixels() const { return resampler_.finish(); }

    /// The tensor, NCHW with N = 1: 3 × height × width float32, (value / 255 - mean) / std, each
    /// step rounded to float32 as PyTorch does. `invalid-argument` before complete(),
    /// `out-of-memory`.
    [[nodiscard]] Result<std::vector<float>> finish() const;

    /// Bytes of memory that this object holds.
    [[nodiscard]] std::size_t working_bytes() const noexcept { return resampler_.working_bytes(); }

private:
    Preprocessor(StreamingResampler resampler, const PreprocessSpec& spec)
        : resampler_(std::move(resampler)), spec_(spec) {}

    StreamingResampler resampler_;
    PreprocessSpec spec_;
};

/// All steps at once for a complete image. Errors as Preprocessor::create and finish.
Result<std::vector<float>> preprocess(const ImageView& image, const PreprocessSpec& spec,
                                      Rgb background);

}  // namespace likeness
