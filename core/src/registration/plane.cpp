#include "plane.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "likeness/resample.hpp"
#include "simd.hpp"

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

Plane blank_plane(Size size) {
    Plane plane(size);
    const auto values = plane.values();
    std::fill(values.begin(), values.end(), 0.0F);
    return plane;
}

Plane luma_of(const Image& image) {
    Plane plane(image.size());
    const std::uint8_t* rgb = image.pixels().data();
    for (float& value : plane.values()) {
        value = luma_of(rgb);
        rgb += 3;
    }
    return plane;
}

Planes quarter_channels(const Image& image) {
    constexpr int step = 4;
    const Size size{std::max(image.width() / step, 1), std::max(image.height() / step, 1)};
    Planes planes{Plane(size), Plane(size), Plane(size)};
    const auto stride = static_cast<std::size_t>(image.width()) * 3;
    std::vector<int> columns(stride);
    for (int y = 0; y < size.height; ++y) {
        std::fill(columns.begin(), columns.end(), 0);
        for (int i = 0; i < step; ++i) {
            const int row = std::min(step * y + i, image.height() - 1);
            const std::uint8_t* rgb =
                image.pixels().data() + static_cast<std::size_t>(row) * stride;
            for (std::size_t x = 0; x < stride; ++x) columns[x] += rgb[x];
        }
        for (int x = 0; x < size.width; ++x) {
            std::array<int, 3> sums{};
            for (int i = 0; i < step; ++i) {
                const int column = std::min(step * x + i, image.width() - 1);
                const int* rgb = columns.data() + std::size_t{3} * static_cast<std::size_t>(column);
                for (std::size_t channel = 0; channel < 3; ++channel) sums[channel] += rgb[channel];
            }
            for (std::size_t channel = 0; channel < 3; ++channel) {
                constexpr float count = step * step;
                planes[channel].row(y)[x] = static_cast<float>(sums[channel]) / count;
            }
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

namespace {

/// What smoothing twice is, in one pass: 1 4 6 4 1 both ways.
Plane smooth_twice(const Plane& plane) {
    const int width = plane.width();
    const int last = plane.height() - 1;
    Plane result(plane.size());
    std::vector<float> column(static_cast<std::size_t>(width) + 4);
    float* sums = column.data() + 2;
    for (int y = 0; y <= last; ++y) {
        const float* p = plane.row(std::max(y - 2, 0));
        const float* q = plane.row(std::max(y - 1, 0));
        const float* r = plane.row(y);
        const float* s = plane.row(std::min(y + 1, last));
        const float* t = plane.row(std::min(y + 2, last));
        for (int x = 0; x < width; ++x) {
            sums[x] = (p[x] + t[x]) + 4.0F * (q[x] + s[x]) + 6.0F * r[x];
        }
        sums[-2] = sums[-1] = sums[0];
        sums[width] = sums[width + 1] = sums[width - 1];
        float* target = result.row(y);
        constexpr float part = 1.0F / 256.0F;
        for (int x = 0; x < width; ++x) {
            target[x] = ((sums[x - 2] + sums[x + 2]) + 4.0F * (sums[x - 1] + sums[x + 1]) +
                         6.0F * sums[x]) *
                        part;
        }
    }
    return result;
}

}  // namespace

Plane smooth(const Plane& plane, int times) {
    if (times == 0) return plane;
    Plane result = times % 2 == 1 ? smooth(plane) : smooth_twice(plane);
    for (int done = times % 2 == 1 ? 1 : 2; done < times; done += 2) result = smooth_twice(result);
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
    using simd::Float32x4;
    using simd::Int32x4;
    constexpr int lanes = 4;
    Plane result(target);
    const auto last_x = static_cast<float>(plane.width() - 1);
    const auto last_y = static_cast<float>(plane.height() - 1);
    const int step_x = plane.width() > 1 ? 1 : 0;
    const int step_y = plane.height() > 1 ? plane.width() : 0;
    const auto most_x = static_cast<float>(std::max(plane.width() - 2, 0));
    const auto most_y = static_cast<float>(std::max(plane.height() - 2, 0));
    const auto a = static_cast<float>(transform.a);
    const auto d = static_cast<float>(transform.d);
    const float* pixels = plane.row(0);
    const auto between = [](Float32x4 v, float least, float most) {
        const Float32x4 low = v > least ? v : least + Float32x4{};
        return low < most ? low : most + Float32x4{};
    };
    for (int y = 0; y < target.height; ++y) {
        // From middle to middle of pixels.
        const Point start = transform({0.5, y + 0.5});
        const auto start_x = static_cast<float>(start.x - 0.5);
        const auto start_y = static_cast<float>(start.y - 0.5);
        float* values = result.row(y);
        for (int x = 0; x < target.width; x += lanes) {
            const auto first = static_cast<float>(x);
            const Float32x4 at{first, first + 1.0F, first + 2.0F, first + 3.0F};
            const Float32x4 u = between(start_x + a * at, 0.0F, last_x);
            const Float32x4 v = between(start_y + d * at, 0.0F, last_y);
            const Int32x4 left = __builtin_convertvector(between(u, 0.0F, most_x), Int32x4);
            const Int32x4 top = __builtin_convertvector(between(v, 0.0F, most_y), Int32x4);
            const Float32x4 share_x = u - __builtin_convertvector(left, Float32x4);
            const Float32x4 share_y = v - __builtin_convertvector(top, Float32x4);
            const Int32x4 place = top * plane.width() + left;
            const float* p[lanes] = {pixels + place[0], pixels + place[1], pixels + place[2],
                                     pixels + place[3]};
            const auto read = [&p](int step) {
                return Float32x4{p[0][step], p[1][step], p[2][step], p[3][step]};
            };
            const Float32x4 upper = read(0);
            const Float32x4 lower = read(step_y);
            const Float32x4 above = upper + share_x * (read(step_x) - upper);
            const Float32x4 below = lower + share_x * (read(step_y + step_x) - lower);
            const Float32x4 mixed = above + share_y * (below - above);
            const int count = std::min(lanes, target.width - x);
            if (count == lanes) {
                simd::store(values + x, mixed);
            } else {
                for (int i = 0; i < count; ++i) values[x + i] = mixed[i];
            }
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
