#include "likeness/sketch_features.hpp"

#include <numeric>
#include <utility>

#include "registration/description.hpp"
#include "registration/features.hpp"
#include "registration/plane.hpp"

namespace likeness {
namespace {

/// Of all rows, one in so many is looked at for oversampling.
constexpr int row_step = 4;

/// The share of energy below which there is no detail of that size.
constexpr double least_share = 0.18;

/// The energy below which there is none of any size: a ground, and what rounding makes of it.
constexpr double least_energy = 16.0;

/// The mean of squared second differences at a distance of `step` pixels; the row has more than
/// twice as many.
double energy_of(const std::uint8_t* row, int width, int step) noexcept {
    std::uint64_t sum = 0;
    for (int x = step; x < width - step; ++x) {
        const int difference = row[x - step] - 2 * row[x] + row[x + step];
        sum += static_cast<std::uint64_t>(difference * difference);
    }
    return static_cast<double>(sum) / (width - 2 * step);
}

}  // namespace

Result<SketchFeatures> SketchFeatures::of(const ImageView& image, Rgb background) {
    auto reader = SketchFeaturesReader::create(image.size(), image.channels(), background);
    if (!reader) return std::move(reader).error();
    RowSplitter splitter(image.width(), image.channels(), background);
    const auto bytes = image.bytes({0, 0, image.width(), image.height()});
    for (int y = 0; y < image.height(); ++y) {
        const std::size_t offset = static_cast<std::size_t>(y) * image.stride();
        reader.value().push_row(splitter.split(bytes.data() + offset));
    }
    return reader.value().finish();
}

Result<SketchFeaturesReader> SketchFeaturesReader::create(Size size, int channels, Rgb background) {
    const bool sound = size.width >= 1 && size.height >= 1;
    const Size target = sound ? registration::overview_size(size, SketchFeatures::area) : size;
    auto overview = StreamingResampler::create(
        {size, target, {0, 0, target.width, target.height}, channels, background});
    if (!overview) return std::move(overview).error();
    return SketchFeaturesReader(std::move(overview).value(), size.width);
}

SketchFeaturesReader::SketchFeaturesReader(StreamingResampler overview, int width)
    : overview_(std::move(overview)), width_(width) {}

void SketchFeaturesReader::push_row(const PlanarRow& row) noexcept {
    overview_.push_row(row);
    constexpr int longest = SketchFeatures::most_oversampling;
    if (rows_taken_++ % row_step != 0 || width_ <= 2 * longest) return;
    const std::uint8_t* green = row.channels[1];
    if (energy_of(green, width_, longest) < least_energy) return;
    double fine = energy_of(green, width_, 1);
    std::size_t level = 0;
    for (int step = 2; step <= longest; step *= 2, ++level) {
        const double coarse = energy_of(green, width_, step);
        if (fine >= least_share * coarse) break;
        fine = coarse;
    }
    ++rows_[level];
}

int SketchFeaturesReader::oversampling() const noexcept {
    const int all = std::accumulate(rows_.begin(), rows_.end(), 0);
    int finer = 0;
    int step = 1;
    for (std::size_t level = 0; level + 1 < levels; ++level, step *= 2) {
        finer += rows_[level];
        if (2 * finer >= all) return step;
    }
    return step;
}

Result<SketchFeatures> SketchFeaturesReader::finish() const {
    const auto overview = overview_.finish();
    if (!overview) return overview.error();
    return SketchFeatures{registration::find_features(registration::luma_of(overview.value()),
                                                      SketchFeatures::max_points),
                          oversampling()};
}

}  // namespace likeness
