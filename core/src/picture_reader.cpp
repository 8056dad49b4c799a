#include "likeness/picture_reader.hpp"

#include <utility>

#include "check_rows.hpp"

namespace likeness {

Result<PictureReader> PictureReader::create(Size size, int channels, const PreprocessSpec& spec,
                                            Rgb background, Wanted wanted) {
    auto preprocessor = Preprocessor::create(size, channels, spec, background);
    if (!preprocessor) return std::move(preprocessor).error();
    std::optional<Fingerprinter> fingerprinter;
    if (wanted == Wanted::tensor_and_fingerprint) {
        auto created = Fingerprinter::create(size, channels, background);
        if (!created) return std::move(created).error();
        fingerprinter = std::move(created).value();
    }
    return PictureReader(std::move(preprocessor).value(), std::move(fingerprinter), size, channels,
                         background);
}

PictureReader::PictureReader(Preprocessor preprocessor, std::optional<Fingerprinter> fingerprinter,
                             Size size, int channels, Rgb background)
    : preprocessor_(std::move(preprocessor)),
      fingerprinter_(std::move(fingerprinter)),
      size_(size),
      channels_(channels),
      first_column_(fingerprinter_ ? 0 : preprocessor_.region().x),
      first_byte_(static_cast<std::size_t>(first_column_) * static_cast<std::size_t>(channels)),
      splitter_(fingerprinter_ ? size.width : preprocessor_.region().width, channels, background) {}

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

void PictureReader::push_row(const std::uint8_t* row) noexcept {
    const Region& seen = preprocessor_.region();
    const bool inside = rows_taken_ >= seen.y && rows_taken_ < seen.y + seen.height;
    if (!inside && !fingerprinter_) return;
    const PlanarRow planes = splitter_.split(row + first_byte_);
    if (fingerprinter_) fingerprinter_->push_row(planes);
    if (inside) preprocessor_.push_row(planes.from(seen.x - first_column_));
}

Result<PictureInput> PictureReader::finish() const {
    auto tensor = preprocessor_.finish();
    if (!tensor) return std::move(tensor).error();
    PictureInput input{std::move(tensor).value(), preprocessor_.size(), std::nullopt};
    if (fingerprinter_) {
        auto fingerprint = fingerprinter_->finish();
        if (!fingerprint) return std::move(fingerprint).error();
        input.fingerprint = std::move(fingerprint).value();
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

}  // namespace likeness
