#include "likeness/resample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "check_rows.hpp"
#include "message.hpp"
#include "resampling.hpp"
#include "simd.hpp"

namespace likeness {
namespace {

using namespace resampling;
using simd::Int32x4;

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

}  // namespace

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
        std::int32_t* sums = sums_.data() + y % open_rows_ * row_lanes;
        for (std::size_t i = 0; i < row_lanes; i += quad) {
            const auto sum = simd::load<Int32x4>(sums + i);
            simd::store(sums + i, sum + weight * simd::load<Int32x4>(resized_.data() + i));
        }
        if (tap + 1 == taps.count) {
            finish_row(y);
            first_open_ = y + 1;
        }
    }
}

void StreamingResampler::finish_row(std::size_t y) noexcept {
    const std::size_t row_lanes = resized_.size();
    std::int32_t* sums = sums_.data() + y % open_rows_ * row_lanes;
    std::uint8_t* pixel = pixels_.data() + y * index(window_.width) * channel_count;
    for (std::size_t x = 0; x < index(window_.width); ++x) {
        for (std::size_t channel = 0; channel < channel_count; ++channel) {
            const std::int32_t value = sums[channel * columns_ + x] >> precision_bits;
            *pixel++ = static_cast<std::uint8_t>(std::min(value, 255));
        }
    }
    // Of the row that takes this one's place.
    std::fill_n(sums, row_lanes, rounding);
}

Result<Image> StreamingResampler::finish() const {
    if (!complete()) {
        return Error{ErrorCode::invalid_argument,
                     message({rows_taken_, " of ", region_.height,
                              " rows handed over: the image isn't complete"})};
    }
    auto image = Image::create(window_);
    if (image) std::copy(pixels_.begin(), pixels_.end(), image.value().pixels().begin());
    return image;
}

}  // namespace likeness
