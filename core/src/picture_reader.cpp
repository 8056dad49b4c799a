#include "likeness/picture_reader.hpp"

#include <algorithm>
#include <utility>

#include "check_rows.hpp"

namespace likeness {
namespace {

Rgb opposite(Rgb colour) noexcept {
    const auto of = [](std::uint8_t level) { return static_cast<std::uint8_t>(255 - level); };
    return {of(colour.r), of(colour.g), of(colour.b)};
}

/// Whether all pixels are of nearly one colour.
bool shows_nothing(const Image& image) noexcept {
    constexpr int most_levels = 8;
    constexpr std::size_t rgb = 3;
    const std::span<const std::uint8_t> pixels = image.pixels();
    for (std::size_t channel = 0; channel < rgb; ++channel) {
        std::uint8_t low = 255;
        std::uint8_t high = 0;
        for (std::size_t i = channel; i < pixels.size(); i += rgb) {
            low = std::min(low, pixels[i]);
            high = std::max(high, pixels[i]);
        }
        if (high - low > most_levels) return false;
    }
    return true;
}

}  // namespace

Result<PictureReader> PictureReader::create(Size size, int channels, const PreprocessSpec& spec,
                                            Rgb background, Wanted wanted, Size original) {
    auto preprocessor = Preprocessor::create(size, channels, spec, background, original);
    if (!preprocessor) return std::move(preprocessor).error();
    std::optional<Fingerprinter> fingerprinter;
    if (wanted.fingerprint) {
        auto created = Fingerprinter::create(size, channels, background);
        if (!created) return std::move(created).error();
        fingerprinter = std::move(created).value();
    }
    std::optional<StreamingResampler> detail;
    if (wanted.detail) {
        const Size target = PictureDetail::size_for(original);
        auto created = StreamingResampler::create(
            {size, target, {0, 0, target.width, target.height}, channels, background});
        if (!created) return std::move(created).error();
        detail = std::move(created).value();
    }
    std::optional<SketchFeaturesReader> features;
    if (wanted.features) {
        auto created = SketchFeaturesReader::create(size, channels, background);
        if (!created) return std::move(created).error();
        features = std::move(created).value();
    }
    const bool whole_rows = wanted.fingerprint || wanted.detail || wanted.features;
    const int columns = whole_rows ? size.width : preprocessor.value().region().width;
    return PictureReader({RowSplitter(columns, channels, background),
                          std::move(preprocessor).value(), std::move(detail), std::move(features)},
                         std::move(fingerprinter), size, channels, background, whole_rows,
                         original);
}

PictureReader::PictureReader(Composited composited, std::optional<Fingerprinter> fingerprinter,
                             Size size, int channels, Rgb background, bool whole_rows,
                             Size original)
    : composited_(std::move(composited)),
      fingerprinter_(std::move(fingerprinter)),
      size_(size),
      original_(original),
      channels_(channels),
      background_(background),
      whole_rows_(whole_rows),
      first_column_(whole_rows ? 0 : composited_.preprocessor.region().x),
      columns_(whole_rows ? size.width : composited_.preprocessor.region().width),
      first_byte_(static_cast<std::size_t>(first_column_) * static_cast<std::size_t>(channels)) {}

Status PictureReader::push_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows) {
    const std::size_t row_bytes =
        static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(channels_);
    if (auto status = check_rows(bytes, stride, rows, row_bytes, size_.height - rows_taken_);
        !status) {
        return status;
    }
    for (int row = 0; row < rows; ++row) {
        push_row(bytes.data() + static_cast<std::size_t>(row) * stride);
        ++rows_taken_;
    }
    return {};
}

void PictureReader::push_row(const std::uint8_t* row) {
    const Region& seen = composited_.preprocessor.region();
    const bool inside = rows_taken_ >= seen.y && rows_taken_ < seen.y + seen.height;
    if (!inside && !whole_rows_) return;
    const PlanarRow planes = composited_.splitter.split(row + first_byte_);
    if (planes.alpha != nullptr && !on_opposite_) {
        // All rows before this one were opaque: on any background they are the same.
        on_opposite_ = composited_;
        on_opposite_->splitter = RowSplitter(columns_, channels_, opposite(background_));
    }
    if (fingerprinter_) fingerprinter_->push_row(planes);
    take(composited_, planes);
    if (on_opposite_) take(*on_opposite_, on_opposite_->splitter.split(row + first_byte_));
}

void PictureReader::take(Composited& composited, const PlanarRow& planes) const noexcept {
    const Region& seen = composited.preprocessor.region();
    if (composited.detail) composited.detail->push_row(planes);
    if (composited.features) composited.features->push_row(planes);
    if (rows_taken_ >= seen.y && rows_taken_ < seen.y + seen.height) {
        composited.preprocessor.push_row(planes.from(seen.x - first_column_));
    }
}

Result<PictureInput> PictureReader::finish() const {
    const Composited* shown = &composited_;
    if (on_opposite_) {
        const auto usual = composited_.preprocessor.pixels();
        if (!usual) return usual.error();
        const auto other = on_opposite_->preprocessor.pixels();
        if (!other) return other.error();
        if (shows_nothing(usual.value()) && !shows_nothing(other.value())) shown = &*on_opposite_;
    }
    auto tensor = shown->preprocessor.finish();
    if (!tensor) return std::move(tensor).error();
    PictureInput input;
    input.tensor = std::move(tensor).value();
    input.size = shown->preprocessor.size();
    if (shown->detail) {
        auto detail = shown->detail->finish();
        if (!detail) return std::move(detail).error();
        input.detail = PictureDetail{original_, std::move(detail).value()};
    }
    if (shown->features) {
        auto features = shown->features->finish();
        if (!features) return std::move(features).error();
        input.features = std::move(features).value();
    }
    if (fingerprinter_) {
        auto fingerprint = fingerprinter_->finish();
        if (!fingerprint) return std::move(fingerprint).error();
        input.fingerprint = std::move(fingerprint).value();
        input.fingerprint->size = original_;
    }
    return input;
}

Result<PictureInput> read_picture(const ImageView& image, const PreprocessSpec& spec,
                                  Rgb background, Wanted wanted) {
    auto reader = PictureReader::create(image.size(), image.channels(), spec, background, wanted);
    if (!reader) return std::move(reader).error();
    const Region whole{0, 0, image.width(), image.height()};
    if (auto status = reader.value().push_rows(image.bytes(whole), image.stride(), whole.height);
        !status) {
        return std::move(status).error();
    }
    return reader.value().finish();
}

Result<PictureInput> read_picture_file(std::span<const std::uint8_t> file, DecodeOptions options,
                                       const PreprocessSpec& spec, Wanted wanted) {
    options.keep_alpha = true;
    const auto image = decode(file, options);
    if (!image) return image.error();
    auto input = read_picture(image.value().view(), spec, options.background, wanted);
    if (input && input.value().fingerprint) input.value().fingerprint->frames = count_frames(file);
    return input;
}

}  // namespace likeness
