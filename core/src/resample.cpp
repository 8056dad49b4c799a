#include "likeness/resample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "check_rows.hpp"
#include "simd.hpp"

namespace likeness {
namespace {

using simd::Int32x4;

/// Pillow's PRECISION_BITS: weights are multiples of 2^-22, so that a sum of 8-bit values times
/// weights keeps 2 bits of headroom in 32.
constexpr int precision_bits = 32 - 8 - 2;
constexpr std::int32_t rounding = 1 << (precision_bits - 1);

/// Pixels that are weighted at once.
constexpr std::size_t octet = 8;

/// Pixels of the window that are made at once.
constexpr std::size_t quad = 4;

constexpr std::size_t channel_count = 3;

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

std::size_t round_up(std::size_t value, std::size_t multiple) noexcept {
    return (value + multiple - 1) / multiple * multiple;
}

/// Weighted sums of pixels, a channel each; their four numbers are still to be added.
struct Sums {
    Int32x4 channels[channel_count]{};
};

/// Adds a number of octets that is known beforehand.
template <std::size_t octets>
struct WeighSome {
    Sums operator()(const PlanarRow& row, std::size_t begin, const std::int16_t* weights,
                    Sums sums = {}) const noexcept {
        for (std::size_t i = 0; i < octets * octet; i += octet) {
            const auto weight = simd::load<simd::Int16x8>(weights + i);
            for (std::size_t channel = 0; channel < channel_count; ++channel) {
                const auto values = simd::load_widened(row.channels[channel] + begin + i);
                sums.channels[channel] += simd::multiply_add_pairs(values, weight);
            }
        }
        return sums;
    }
};

/// Adds any number of octets.
struct WeighAll {
    std::size_t octets;

    Sums operator()(const PlanarRow& row, std::size_t begin,
                    const std::int16_t* weights) const noexcept {
        constexpr std::size_t block = 4;
        Sums sums;
        std::size_t i = 0;
        for (; i + block <= octets; i += block) {
            sums = WeighSome<block>{}(row, begin + i * octet, weights + i * octet, sums);
        }
        for (; i < octets; ++i) {
            sums = WeighSome<1>{}(row, begin + i * octet, weights + i * octet, sums);
        }
        return sums;
    }
};

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
      window_{spec.window.width, spec.window.height},
      splitter_(region_.width, spec.channels, spec.background),
      vertical_(std::move(vertical)),
      columns_(round_up(index(window_.width), quad)) {
    cut_weights(horizontal);
    rough_sums_.assign(channel_count * columns_ * quad, 0);
    resized_.assign(channel_count * columns_, 0);
    accumulated_.assign(resized_.size() * index(window_.height), rounding);
}

void StreamingResampler::cut_weights(const Axis& horizontal) {
    std::int32_t largest = 0;
    for (const std::int32_t weight : horizontal.weights) largest = std::max(largest, weight);
    const auto half = [this] { return (1 << rough_shift_) >> 1; };
    while ((largest + half()) >> rough_shift_ > std::numeric_limits<std::int16_t>::max()) {
        ++rough_shift_;
    }
    int longest = 0;
    for (const Taps& taps : horizontal.taps) longest = std::max(longest, taps.count);
    octets_ = round_up(index(longest), octet) / octet;

    // Weights of zero fill the last octet up, or the first where the last would leave the row.
    const int last_begin = std::max(0, region_.width - static_cast<int>(octets_ * octet));
    begins_.assign(columns_, 0);
    rough_weights_.assign(columns_ * octets_ * octet, 0);
    rest_weights_.assign(rough_weights_.size(), 0);
    least_.assign(columns_, rounding);
    doubt_.assign(columns_, 0);
    for (std::size_t x = 0; x < horizontal.taps.size(); ++x) {
        const Taps& taps = horizontal.taps[x];
        const int begin = std::min(taps.begin, last_begin);
        begins_[x] = index(begin);
        std::size_t place = x * octets_ * octet + index(taps.begin - begin);
        std::int32_t too_much = 0;
        std::int32_t too_little = 0;
        for (int tap = 0; tap < taps.count; ++tap, ++place) {
            const std::int32_t weight = horizontal.weights[taps.offset + index(tap)];
            const std::int32_t rough = (weight + half()) >> rough_shift_;
            const std::int32_t rest = weight - (rough << rough_shift_);
            (rest < 0 ? too_much : too_little) += std::abs(rest);
            rough_weights_[place] = static_cast<std::int16_t>(rough);
            rest_weights_[place] = static_cast<std::int16_t>(rest);
        }
        least_[x] -= 255 * too_much;
        doubt_[x] = 255 * (too_much + too_little);
    }
}

Status StreamingResampler::push_rows(std::span<const std::uint8_t> bytes, std::size_t stride,
                                     int rows) {
    const std::size_t row_bytes = index(region_.width) * index(channels_);
    if (auto status = check_rows(bytes, stride, rows, row_bytes, region_.height - rows_taken_);
        !status) {
        return status;
    }
    for (int row = 0; row < rows; ++row) {
        push_row(splitter_.split(bytes.data() + index(row) * stride));
    }
    return {};
}

void StreamingResampler::push_row(const PlanarRow& row) noexcept {
    switch (octets_) {
        case 1:
            weigh_row(row, WeighSome<1>{});
            break;
        case 2:
            weigh_row(row, WeighSome<2>{});
            break;
        case 3:
            weigh_row(row, WeighSome<3>{});
            break;
        case 4:
            weigh_row(row, WeighSome<4>{});
            break;
        default:
            weigh_row(row, WeighAll{octets_});
    }
    round_row(row);
    accumulate_row();
    ++rows_taken_;
}

template <class Weigh>
void StreamingResampler::weigh_row(const PlanarRow& row, Weigh weigh) noexcept {
    const std::int16_t* weights = rough_weights_.data();
    std::int32_t* target = rough_sums_.data();
    for (const std::size_t begin : begins_) {
        const Sums sums = weigh(row, begin, weights);
        for (const Int32x4 channel : sums.channels) {
            simd::store(target, channel);
            target += quad;
        }
        weights += octets_ * octet;
    }
}

void StreamingResampler::round_row(const PlanarRow& row) noexcept {
    constexpr std::size_t column_sums = channel_count * quad;
    for (std::size_t x = 0; x < columns_; x += quad) {
        const auto least = simd::load<Int32x4>(least_.data() + x);
        const auto doubt = simd::load<Int32x4>(doubt_.data() + x);
        Int32x4 unsure{};
        for (std::size_t channel = 0; channel < channel_count; ++channel) {
            const std::int32_t* source = rough_sums_.data() + x * column_sums + channel * quad;
            const auto part = [source](std::size_t column) {
                return simd::load<Int32x4>(source + column * column_sums);
            };
            const Int32x4 sum = simd::sums_of(part(0), part(1), part(2), part(3));
            const Int32x4 low = (sum << rough_shift_) + least;
            const Int32x4 value = low >> precision_bits;
            unsure |= value ^ ((low + doubt) >> precision_bits);
            simd::store(resized_.data() + channel * columns_ + x,
                        value > 255 ? Int32x4{} + 255 : value);
        }
        if (!simd::any(unsure)) continue;
        for (std::size_t i = 0; i < quad; ++i) {
            if (unsure[i] != 0) round_exactly(row, x + i);
        }
    }
}

void StreamingResampler::round_exactly(const PlanarRow& row, std::size_t x) noexcept {
    const Sums rest =
        WeighAll{octets_}(row, begins_[x], rest_weights_.data() + x * octets_ * octet);
    for (std::size_t channel = 0; channel < channel_count; ++channel) {
        const auto rough =
            simd::load<Int32x4>(rough_sums_.data() + (x * channel_count + channel) * quad);
        const Int32x4 exact = (rough << rough_shift_) + rest.channels[channel];
        const std::int32_t sum = rounding + exact[0] + exact[1] + exact[2] + exact[3];
        resized_[channel * columns_ + x] = std::min(sum >> precision_bits, 255);
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
        for (std::size_t i = 0; i < row_lanes; i += quad) {
            const auto sum = simd::load<Int32x4>(sums + i);
            simd::store(sums + i, sum + weight * simd::load<Int32x4>(resized_.data() + i));
        }
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
    auto* pixel = pixels.data();
    for (std::size_t y = 0; y < index(window_.height); ++y) {
        const std::int32_t* sums = accumulated_.data() + y * resized_.size();
        for (std::size_t x = 0; x < index(window_.width); ++x) {
            for (std::size_t channel = 0; channel < channel_count; ++channel) {
                const std::int32_t value = sums[channel * columns_ + x] >> precision_bits;
                *pixel++ = static_cast<std::uint8_t>(std::min(value, 255));
            }
        }
    }
    return image;
}

std::size_t StreamingResampler::working_bytes() const noexcept {
    const auto bytes = [](const auto& vector) {
        return vector.capacity() * sizeof(typename std::decay_t<decltype(vector)>::value_type);
    };
    return sizeof(*this) + splitter_.working_bytes() + bytes(vertical_.taps) +
           bytes(vertical_.weights) + bytes(begins_) + bytes(rough_weights_) +
           bytes(rest_weights_) + bytes(least_) + bytes(doubt_) + bytes(rough_sums_) +
           bytes(resized_) + bytes(accumulated_);
}

}  // namespace likeness
