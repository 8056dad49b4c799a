#include "plane.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "likeness/resample.hpp"

namespace likeness::registration {
namespace {

constexpr float red_weight = 0.299F;
constexpr float green_weight = 0.587F;
constexpr float blue_weight = 0.114F;

float luma_of(const std::uint8_t* rgb) noexcept {
    return red_weight * static_cast<float>(rgb[0]) + green_weight * static_cast<float>(rgb[1]) +
           blue_weight * static_cast<float>(rgb[2]);
}

/// Where along one axis to read: between a pixel and the next.
struct Tap {
    int first;
    int second;
    float share;  ///< Of the second.
};

std::vector<Tap> taps(int source, int target) {
    std::vector<Tap> result;
    result.reserve(static_cast<std::size_t>(target));
    const double step = static_cast<double>(source) / target;
    for (int i = 0; i < target; ++i) {
        const double position =
            std::clamp((i + 0.5) * step - 0.5, 0.0, static_cast<double>(source - 1));
        const int first = static_cast<int>(position);
        result.push_back({first, std::min(first + 1, source - 1),
                          static_cast<float>(position - static_cast<double>(first))});
    }
    return result;
}

}  // namespace

Plane luma_of(const Image& image) {
    Plane plane(image.size());
    const std::uint8_t* rgb = image.pixels().data();
    for (float& value : plane.values()) {
        value = luma_of(rgb);
        rgb += 3;
    }
    return plane;
}

Planes channels_of(const Image& image) {
    Planes planes{Plane(image.size()), Plane(image.size()), Plane(image.size())};
    const std::uint8_t* rgb = image.pixels().data();
    for (std::size_t channel = 0; channel < planes.size(); ++channel) {
        std::vector<float>& values = planes[channel].values();
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = static_cast<float>(rgb[3 * i + channel]);
        }
    }
    return planes;
}

Plane smooth(const Plane& plane) {
    const int width = plane.width();
    const int height = plane.height();
    Plane result(plane.size());
    std::vector<float> column(static_cast<std::size_t>(width) + 2);
    for (int y = 0; y < height; ++y) {
        const float* above = plane.row(std::max(y - 1, 0));
        const float* here = plane.row(y);
        const float* below = plane.row(std::min(y + 1, height - 1));
        float* sums = column.data() + 1;
        for (int x = 0; x < width; ++x) sums[x] = above[x] + 2.0F * here[x] + below[x];
        sums[-1] = sums[0];
        sums[width] = sums[width - 1];
        float* target = result.row(y);
        for (int x = 0; x < width; ++x) {
            target[x] = (sums[x - 1] + 2.0F * sums[x] + sums[x + 1]) * 0.0625F;
        }
    }
    return result;
}

Plane smooth(const Plane& plane, int times) {
    Plane result = plane;
    for (int i = 0; i < times; ++i) result = smooth(result);
    return result;
}

Plane halve(const Plane& plane) {
    Plane result({std::max(plane.width() / 2, 1), std::max(plane.height() / 2, 1)});
    const int step_x = plane.width() > 1 ? 1 : 0;
    const int step_y = plane.height() > 1 ? 1 : 0;
    for (int y = 0; y < result.height(); ++y) {
        const float* upper = plane.row(2 * y);
        const float* lower = plane.row(2 * y + step_y);
        float* target = result.row(y);
        for (int x = 0; x < result.width(); ++x) {
            const int i = 2 * x;
            target[x] = 0.25F * (upper[i] + upper[i + step_x] + lower[i] + lower[i + step_x]);
        }
    }
    return result;
}

Plane resize(const Plane& plane, Size target) {
    Plane result(target);
    const auto columns = taps(plane.width(), target.width);
    const auto rows = taps(plane.height(), target.height);
    for (int y = 0; y < target.height; ++y) {
        const Tap& row = rows[static_cast<std::size_t>(y)];
        const float* upper = plane.row(row.first);
        const float* lower = plane.row(row.second);
        float* values = result.row(y);
        for (int x = 0; x < target.width; ++x) {
            const Tap& column = columns[static_cast<std::size_t>(x)];
            const float above =
                upper[column.first] + column.share * (upper[column.second] - upper[column.first]);
            const float below =
                lower[column.first] + column.share * (lower[column.second] - lower[column.first]);
            values[x] = above + row.share * (below - above);
        }
    }
    return result;
}

Plane warp(const Plane& plane, const Affine& transform, Size target) {
    Plane result(target);
    const auto last_x = static_cast<float>(plane.width() - 1);
    const auto last_y = static_cast<float>(plane.height() - 1);
    const int step_x = plane.width() > 1 ? 1 : 0;
    const int step_y = plane.height() > 1 ? plane.width() : 0;
    const int most_x = std::max(plane.width() - 2, 0);
    const int most_y = std::max(plane.height() - 2, 0);
    const auto a = static_cast<float>(transform.a);
    const auto d = static_cast<float>(transform.d);
    for (int y = 0; y < target.height; ++y) {
        // From middle to middle of pixels.
        const Point start = transform({0.5, y + 0.5});
        const auto start_x = static_cast<float>(start.x - 0.5);
        const auto start_y = static_cast<float>(start.y - 0.5);
        float* values = result.row(y);
        for (int x = 0; x < target.width; ++x) {
            const float u = std::clamp(start_x + a * static_cast<float>(x), 0.0F, last_x);
            const float v = std::clamp(start_y + d * static_cast<float>(x), 0.0F, last_y);
            const int left = std::min(static_cast<int>(u), most_x);
            const int top = std::min(static_cast<int>(v), most_y);
            const float share_x = u - static_cast<float>(left);
            const float share_y = v - static_cast<float>(top);
            const float* upper = plane.row(top) + left;
            const float* lower = upper + step_y;
            const float above = upper[0] + share_x * (upper[step_x] - upper[0]);
            const float below = lower[0] + share_x * (lower[step_x] - lower[0]);
            values[x] = above + share_y * (below - above);
        }
    }
    return result;
}

Result<Image> resize(const ImageView& image, Size target, Rgb background) {
    auto resampler = StreamingResampler::create({.source = image.size(),
                                                 .target = target,
                                                 .window = {0, 0, target.width, target.height},
                                                 .channels = image.channels(),
                                                 .background = background});
    if (!resampler) return std::move(resampler).error();
    const Region& region = resampler.value().region();
    if (auto status =
            resampler.value().push_rows(image.bytes(region), image.stride(), region.height);
        !status) {
        return std::move(status).error();
    }
    return resampler.value().finish();
}

}  // namespace likeness::registration
