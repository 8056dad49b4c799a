#include "description.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "bandwidth.hpp"
#include "features.hpp"
#include "hypotheses.hpp"
#include "likeness/registration.hpp"
#include "tiles.hpp"

namespace likeness {
namespace {

using namespace registration;

/// The largest share of pixels within any range of brightness of 1/10 of all levels.
double ground_of(const Plane& luma) {
    constexpr std::size_t range = 6;
    BrightnessCounts counts{};
    for (const float value : luma.values()) {
        ++counts[static_cast<std::size_t>(
            std::clamp(static_cast<int>(value) / brightness_step, 0, brightness_bins - 1))];
    }
    return most_within(counts, range) / pixels(luma.size());
}

std::vector<std::array<std::uint16_t, 2>> detailed_tiles(const Plane& overview) {
    const auto tiles = tiles_inside(overview.size(), Affine(), overview.size());
    const auto moments = own_moments(overview, tiles);
    std::vector<std::array<std::uint16_t, 2>> detailed;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const double mean = moments[i].a / tile_area;
        if (moments[i].aa / tile_area - mean * mean < least_detail) continue;
        detailed.push_back(
            {static_cast<std::uint16_t>(tiles[i].x), static_cast<std::uint16_t>(tiles[i].y)});
    }
    return detailed;
}

/// `ground`: share of pixels within a narrow range of brightness: paper, a screen.
ContentKind kind_of(std::size_t detailed, double ground) noexcept {
    if (detailed == 0) return ContentKind::none;
    if (detailed < 12) return ContentKind::little;
    return ground > 0.45 ? ContentKind::drawing : ContentKind::photo;
}

/// The scale at which a picture has that area, as far as its longest side allows.
double scale_to(Size size, double area) noexcept {
    const double longest = std::max(size.width, size.height);
    return std::min(std::sqrt(area / pixels(size)), PictureDetail::max_side / longest);
}

Size scaled(Size size, double scale) noexcept {
    const auto side = [scale](int length) {
        return std::max(static_cast<int>(std::lround(length * scale)), 1);
    };
    return {side(size.width), side(size.height)};
}

}  // namespace

namespace registration {

Size overview_size(Size size, double area) noexcept { return scaled(size, scale_to(size, area)); }

int most_within(const BrightnessCounts& counts, std::size_t range) noexcept {
    int most = 0;
    for (std::size_t first = 0; first + range <= counts.size(); ++first) {
        const int* begin = counts.data() + first;
        most = std::max(most, std::accumulate(begin, begin + range, 0));
    }
    return most;
}

}  // namespace registration

Size PictureDetail::size_for(Size size) noexcept {
    const double longest = std::max(size.width, size.height);
    const double overview = scale_to(size, PictureDescription::overview_area);
    return scaled(size, std::max(overview, std::min(1.0, max_side / longest)));
}

Result<PictureDetail> PictureDetail::of(const ImageView& image, Rgb background) {
    auto pixels = resize(image, size_for(image.size()), background);
    if (!pixels) return std::move(pixels).error();
    return PictureDetail{image.size(), std::move(pixels).value()};
}

Result<PictureDescription> describe_picture(PictureDetail detail) {
    auto& [size, pixels] = detail;
    if (size.width < 1 || size.height < 1 || pixels.size() != PictureDetail::size_for(size) ||
        pixels.channels() != 3) {
        return Error{ErrorCode::invalid_argument, "the detail isn't that of an image of its size"};
    }
    auto overview =
        resize(pixels.view(), overview_size(size, PictureDescription::overview_area), {});
    if (!overview) return std::move(overview).error();
    constexpr int side = PictureDescription::grid_side;
    const auto grid = resize(overview.value().view(), {side, side}, {});
    if (!grid) return grid.error();
    const Plane luma = luma_of(overview.value());
    auto detailed = detailed_tiles(luma);
    PictureDescription description{size,
                                   kind_of(detailed.size(), ground_of(luma)),
                                   fineness(luma),
                                   std::move(pixels),
                                   std::move(overview).value(),
                                   find_features(luma),
                                   frames_of(luma),
                                   std::move(detailed),
                                   {}};
    const auto colours = grid.value().pixels();
    std::copy(colours.begin(), colours.end(), description.grid.begin());
    return description;
}

}  // namespace likeness
