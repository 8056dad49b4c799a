#include "description.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "bandwidth.hpp"
#include "features.hpp"
#include "likeness/registration.hpp"
#include "tiles.hpp"

namespace likeness {
namespace {

using namespace registration;

Size scaled(Size size, double scale) noexcept {
    const auto side = [scale](int length) {
        return std::max(static_cast<int>(std::lround(length * scale)), 1);
    };
    return {side(size.width), side(size.height)};
}

/// The scale at which a picture has the overview's area, as far as its longest side allows.
double overview_scale(Size size) noexcept {
    const double longest = std::max(size.width, size.height);
    return std::min(std::sqrt(PictureDescription::overview_area / pixels(size)),
                    PictureDescription::max_side / longest);
}

struct Content {
    int detailed = 0;     ///< Tiles with detail.
    double ground = 0.0;  ///< Share of pixels within a narrow range of brightness: paper, a screen.
};

/// The largest share of pixels within any range of brightness of 1/10 of all levels.
double ground_of(const Plane& luma) {
    constexpr int bins = 64;
    constexpr int range = 6;
    std::array<int, bins> counts{};
    for (const float value : luma.values()) {
        ++counts[static_cast<std::size_t>(std::clamp(static_cast<int>(value) / 4, 0, bins - 1))];
    }
    int most = 0;
    for (int first = 0; first + range <= bins; ++first) {
        int sum = 0;
        for (int i = first; i < first + range; ++i) sum += counts[static_cast<std::size_t>(i)];
        most = std::max(most, sum);
    }
    return most / pixels(luma.size());
}

Content content_of(const Plane& overview) {
    const auto tiles = tiles_inside(overview.size(), Affine(), overview.size());
    const auto moments = own_moments(overview, tiles);
    Content content;
    content.ground = ground_of(overview);
    for (const OwnMoments& m : moments) {
        const double mean = m.a / tile_area;
        if (m.aa / tile_area - mean * mean >= least_detail) ++content.detailed;
    }
    return content;
}

ContentKind kind_of(const Content& content) noexcept {
    if (content.detailed == 0) return ContentKind::none;
    if (content.detailed < 12) return ContentKind::little;
    return content.ground > 0.45 ? ContentKind::drawing : ContentKind::photo;
}

Result<PictureDescription> describe_on(const ImageView& image, Rgb background) {
    const double small = overview_scale(image.size());
    const double longest = std::max(image.width(), image.height());
    const double large = std::max(small, std::min(1.0, PictureDescription::max_side / longest));
    auto detail = resize(image, scaled(image.size(), large), background);
    if (!detail) return std::move(detail).error();
    auto overview = resize(detail.value().view(), scaled(image.size(), small), background);
    if (!overview) return std::move(overview).error();
    const Plane luma = luma_of(overview.value());
    const ContentKind content = kind_of(content_of(luma));
    PictureFeatures features = find_features(luma);
    return PictureDescription{image.size(),
                              content,
                              fineness(luma),
                              std::move(detail).value(),
                              std::move(overview).value(),
                              std::move(features)};
}

Rgb opposite(Rgb colour) noexcept {
    const auto of = [](std::uint8_t level) { return static_cast<std::uint8_t>(255 - level); };
    return {of(colour.r), of(colour.g), of(colour.b)};
}

}  // namespace

Result<PictureDescription> describe_picture(const ImageView& image, Rgb background) {
    auto description = describe_on(image, background);
    constexpr int with_alpha = 4;
    const bool hidden = image.channels() == with_alpha && description &&
                        description.value().content == ContentKind::none;
    return hidden ? describe_on(image, opposite(background)) : std::move(description);
}

}  // namespace likeness
