#include "likeness/resample.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "check_rows.hpp"
#include "composite.hpp"
#include "simd.hpp"

namespace likeness {
namespace {

using simd::Int32x4;

/// Pillow's PRECISION_BITS: weights are multiples of 2^-22, so that a sum of 8-bit values times
/// weights keeps 2 bits of headroom in 32.
constexpr int precision_bits = 32 - 8 - 2;
constexpr std::int32_t rounding = 1 << (precision_bits - 1);

/// A weight's lower part; 11 bits each way fit in 16-bit lanes with a sign.
constexpr int low_bits = precision_bits / 2;
constexpr std::int32_t low_mask = (1 << low_bits) - 1;

/// Pixels are held as four lanes, the last one unused.
constexpr std::size_t lanes = 4;

/// Pixels that are weighted at once.
constexpr int quad = 4;

/// Pillow's way of rounding, which cuts towards zero and so differs from std::lround below zero.
int truncate_plus_half(double value) noexcept {
    return static_cast<int>(value + 0.5);  // NOLINT(bugprone-incorrect-roundings)
}

/// Pillow's bilinear_filter.
double triangle(double x) noexcept {
    const double distance = std::fabs(x);
    return distance < 1.0 ? 1.0 - distance : 0.0;
}

std::size_t index(int value) noexcept { return static_cast<std::size_t>(value); }

bool fits(int begin, int count, int length) noexcept {
    return begin >= 0 && count >= 1 && count <= length && begin <= length - count;
}

/// Whether no RGBA pixel of the row lets anything shine through.
bool is_opaque(const std::uint8_t* rgba, std::size_t columns) noexcept {
    std::uint8_t least = 255;
    for (std::size_t x = 0; x < columns; ++x) least = std::min(least, rgba[x * lanes + 3]);
    return least == 255;
}

std::string describe(Size size) {
    return std::to_string(size.width) + " × " + std::to_string(size.height);
}

}  // namespace

StreamingResampler::Axis StreamingResampler::make_axis(int source, int target, int window_begin,
                                                       int window_count) {
    // precompute_coeffs of Pillow's Resample.c, operation by operation: the order of the additions
    // and the truncations decide about bits.
    const double scale = static_cast<double>(source) / target;
    const double filter_scale = std::max(scale, 1.0);
    const double support = filter_scale;
    const double inverse = 1.0 / filter_scale;

    Axis axis{0, 0, {}, {}};
    axis.taps.reserve(index(window_count));
    std::vector<double> filter;
    for (int i = 0; i < window_count; ++i) {
        const double center = (window_begin + i + 0.5) * scale;
        const int begin = std::max(truncate_plus_half(center - support), 0);
        const int end = std::min(truncate_plus_half(center + support), source);

        filter.clear();
        double sum = 0.0;
        for (int x = 0; x < end - begin; ++x) {
            filter.push_back(triangle((x + begin - center + 0.5) * inverse));
            sum += filter.back();
        }
        axis.taps.push_back({begin, end - begin, axis.weights.size()});
        for (const double value : filter) {
            const double weight = sum != 0.0 ? value / sum : value;
            axis.weights.push_back(truncate_plus_half(weight * (1 << precision_bits)));
        }
    }

    axis.first_source = axis.taps.front().begin;
    axis.source_count = axis.taps.back().begin + axis.taps.back().count - axis.first_source;
    for (Taps& taps : axis.taps) taps.begin -= axis.first_source;
    return axis;
}

Result<StreamingResampler> StreamingResampler::create(const Spec& spec) {
    const auto [source, target, window, channels, background] = spec;
    if (source.width < 1 || source.height < 1 || target.width < 1 || target.height < 1) {
        return Error{ErrorCode::invalid_argument, "can't resize " + describe(source) + " to " +
                                                      describe(target) +
                                                      " pixels: sides must be at least 1"};
    }
    if (channels != 3 && channels != 4) {
        return Error{ErrorCode::invalid_argument,
                     std::to_string(channels) + " channels: must be 3 (RGB) or 4 (RGBA)"};
    }
    if (!fits(window.x, window.width, target.width) ||
        !fits(window.y, window.height, target.height)) {
        return Error{ErrorCode::invalid_argument,
                     "the window must lie inside the target of " + describe(target) + " pixels"};
    }
    return StreamingResampler(spec, make_axis(source.width, target.width, window.x, window.width),
                              make_axis(source.height, target.height, window.y, window.height));
}

StreamingResampler::StreamingResampler(const Spec& spec, const Axis& horizontal, Axis vertical)
    : region_{horizontal.first_source, vertical.first_source, horizontal.source_count,
              vertical.source_count},
      channels_(spec.channels),
      background_(spec.background),
      window_{spec.window.width, spec.window.height},
      vertical_(std::move(vertical)) {
    make_quads(horizontal);
    resized_.assign(index(window_.width) * lanes, 0);
    accumulated_.assign(index(window_.width) * index(window_.height) * lanes, rounding);
}

void StreamingResampler::make_quads(const Axis& horizontal) {
    int columns = region_.width;
    for (const Taps& taps : horizontal.taps) {
        const int quads = (taps.count + quad - 1) / quad;
        // Weights of zero fill the last quad up, or the first where the last would leave the row.
        const int begin = std::max(0, std::min(taps.begin, region_.width - quads * quad));
        columns = std::max(columns, begin + quads * quad);
        quad_taps_.push_back({index(begin), index(quads), quad_weights_.size()});
        quad_weights_.resize(quad_weights_.size() + index(quads), WeightQuad{});
        for (int tap = 0; tap < taps.count; ++tap) {
            const int place = taps.begin - begin + tap;
            WeightQuad& weights = quad_weights_[quad_taps_.back().offset + index(place / quad)];
            const std::int32_t weight = horizontal.weights[taps.offset + index(tap)];
            weights.high[place % quad] = static_cast<std::int16_t>(weight >> low_bits);
            weights.low[place % quad] = static_cast<std::int16_t>(weight & low_mask);
        }
    }
    narrow_ = columns > region_.width;
    staged_.assign(index(columns) * lanes, 0);
}

Status StreamingResampler::push_rows(std::span<const std::uint8_t> bytes, std::size_t stride,
                                     int rows) {
    const std::size_t row_bytes = index(region_.width) * index(channels_);
    if (auto status = check_rows(bytes, stride, rows, row_bytes, region_.height - rows_taken_);
        !status) {
        return status;
    }
    for (int row = 0; row < rows; ++row) {
        resample_row(opaque_row(bytes.data() + index(row) * stride));
        accumulate_row();
        ++rows_taken_;
    }
    return {};
}

/// The row as four bytes a pixel, the last one of no meaning: itself where it can be read in place.
const std::uint8_t* StreamingResampler::opaque_row(const std::uint8_t* row) noexcept {
    const std::size_t columns = index(region_.width);
    if (channels_ == 3) {
        for (std::size_t x = 0; x + 1 < columns; ++x) {
            std::memcpy(staged_.data() + x * lanes, row + x * 3, lanes);
        }
        std::memcpy(staged_.data() + (columns - 1) * lanes, row + (columns - 1) * 3, 3);
        return staged_.data();
    }
    if (is_opaque(row, columns)) {
        if (!narrow_) return row;
        std::memcpy(staged_.data(), row, columns * lanes);
        return staged_.data();
    }
    for (std::size_t x = 0; x < columns; ++x) {
        const std::uint8_t* source = row + x * lanes;
        std::uint8_t* target = staged_.data() + x * lanes;
        target[0] = composite(source[0], source[3], background_.r);
        target[1] = composite(source[1], source[3], background_.g);
        target[2] = composite(source[2], source[3], background_.b);
    }
    return staged_.data();
}

void StreamingResampler::resample_row(const std::uint8_t* rgbx) noexcept {
    for (std::size_t x = 0; x < quad_taps_.size(); ++x) {
        const QuadTaps& taps = quad_taps_[x];
        const std::uint8_t* pixels = rgbx + taps.begin * lanes;
        const WeightQuad* weights = quad_weights_.data() + taps.offset;
        Int32x4 high{};
        Int32x4 low{};
        for (std::size_t i = 0; i < taps.count; ++i) {
            const simd::PixelPairs pairs = simd::load_pixel_pairs(pixels + i * quad * lanes);
            const WeightQuad& weight = weights[i];
            high += simd::multiply_add_pairs(pairs.first, simd::repeat_pair(weight.high));
            low += simd::multiply_add_pairs(pairs.first, simd::repeat_pair(weight.low));
            high += simd::multiply_add_pairs(pairs.second, simd::repeat_pair(weight.high + 2));
            low += simd::multiply_add_pairs(pairs.second, simd::repeat_pair(weight.low + 2));
        }
        const Int32x4 sum = ((high << low_bits) + low + rounding) >> precision_bits;
        simd::store(resized_.data() + x * lanes, sum > 255 ? Int32x4{} + 255 : sum);
    }
}

void StreamingResampler::accumulate_row() noexcept {
    const std::size_t row_lanes = resized_.size();
    for (std::size_t y = first_open_; y < vertical_.taps.size(); ++y) {
        const Taps& taps = vertical_.taps[y];
        if (taps.begin > rows_taken_) break;
        const int tap = rows_taken_ - taps.begin;
        const std::int32_t weight = vertical_.weights[taps.offset + index(tap)];
        std::int32_t* sums = accumulated_.data() + y * row_lanes;
        for (std::size_t i = 0; i < row_lanes; ++i) sums[i] += weight * resized_[i];
        if (tap + 1 == taps.count) first_open_ = y + 1;
    }
}

Result<Image> StreamingResampler::finish() const {
    if (!complete()) {
        return Error{ErrorCode::invalid_argument,
                     std::to_string(rows_taken_) + " of " + std::to_string(region_.height) +
                         " rows handed over: the picture isn't complete"};
    }
    auto image = Image::create(window_);
    if (!image) return image;
    const std::span<std::uint8_t> pixels = image.value().pixels();
    for (std::size_t pixel = 0; pixel < pixels.size() / 3; ++pixel) {
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const std::int32_t value = accumulated_[pixel * lanes + channel] >> precision_bits;
            pixels[pixel * 3 + channel] = static_cast<std::uint8_t>(std::min(value, 255));
        }
    }
    return image;
}

std::size_t StreamingResampler::working_bytes() const noexcept {
    const auto bytes = [](const auto& vector) {
        return vector.capacity() * sizeof(typename std::decay_t<decltype(vector)>::value_type);
    };
    return sizeof(*this) + bytes(vertical_.taps) + bytes(vertical_.weights) + bytes(quad_taps_) +
           bytes(quad_weights_) + bytes(staged_) + bytes(resized_) + bytes(accumulated_);
}

}  // namespace likeness
