/// @file
/// What the resampler does once for a picture; resample.cpp does what is done for each pixel.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <type_traits>

#include "likeness/resample.hpp"
#include "message.hpp"
#include "resampling.hpp"

namespace likeness {
namespace {

using namespace resampling;

/// Pillow's way of rounding, which cuts towards zero and so differs from std::lround below zero.
int truncate_plus_half(double value) noexcept {
    return static_cast<int>(value + 0.5);  // NOLINT(bugprone-incorrect-roundings)
}

/// Pillow's bilinear_filter.
double triangle(double x) noexcept {
    const double distance = std::fabs(x);
    return distance < 1.0 ? 1.0 - distance : 0.0;
}

bool fits(int begin, int count, int length) noexcept {
    return begin >= 0 && count >= 1 && count <= length && begin <= length - count;
}

std::size_t round_up(std::size_t value, std::size_t multiple) noexcept {
    return (value + multiple - 1) / multiple * multiple;
}

std::string describe(Size size) { return message({size.width, " × ", size.height}); }

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
                     message({channels, " channels: must be 3 (RGB) or 4 (RGBA)"})};
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
      columns_(round_up(index(window_.width), quad)),
      open_rows_(most_open(vertical_.taps)) {
    cut_weights(horizontal);
    rough_sums_.assign(channel_count * columns_ * quad, 0);
    resized_.assign(channel_count * columns_, 0);
    sums_.assign(resized_.size() * open_rows_, rounding);
    pixels_.assign(index(window_.width) * index(window_.height) * channel_count, 0);
}

std::size_t StreamingResampler::most_open(std::span<const Taps> rows) noexcept {
    std::size_t most = 1;
    std::size_t first = 0;
    for (std::size_t last = 0; last < rows.size(); ++last) {
        while (rows[first].begin + rows[first].count <= rows[last].begin) ++first;
        most = std::max(most, last - first + 1);
    }
    return most;
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

std::size_t StreamingResampler::working_bytes() const noexcept {
    const auto bytes = [](const auto& vector) {
        return vector.capacity() * sizeof(typename std::decay_t<decltype(vector)>::value_type);
    };
    return sizeof(*this) + splitter_.working_bytes() + bytes(vertical_.taps) +
           bytes(vertical_.weights) + bytes(begins_) + bytes(rough_weights_) +
           bytes(rest_weights_) + bytes(least_) + bytes(doubt_) + bytes(rough_sums_) +
           bytes(resized_) + bytes(sums_) + bytes(pixels_);
}

}  // namespace likeness
