#include "likeness/registration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "agreement.hpp"
#include "features.hpp"
#include "fill.hpp"
#include "hypotheses.hpp"
#include "overlap.hpp"
#include "refinement.hpp"

namespace likeness {
namespace {

using namespace registration;

Size scaled(Size size, double scale) noexcept {
    const auto side = [scale](int length) {
        return std::max(static_cast<int>(length * scale + 0.5), 1);
    };
    return {side(size.width), side(size.height)};
}

double pixels(Size size) noexcept {
    return static_cast<double>(size.width) * static_cast<double>(size.height);
}

/// The scale at which a picture has the overview's area, as far as its longest side allows.
double overview_scale(Size size) noexcept {
    const double longest = std::max(size.width, size.height);
    return std::min(std::sqrt(PictureDescription::overview_area / pixels(size)),
                    PictureDescription::max_side / longest);
}

Affine between(Size from, Size to) noexcept {
    return scaling(static_cast<double>(to.width) / from.width,
                   static_cast<double>(to.height) / from.height);
}

/// The area in which hypotheses are compared, and that in which they are refined.
constexpr double rough_area = 176.0 * 176.0;

struct Candidate {
    Affine map;  ///< From pixels of the picture a to those of b.
    double fit = -1.0;
};

/// The larger of the shares of a and b that are common to both.
double larger_share(const Affine& map, Size a, Size b) {
    const Polygon common =
        clip(map_polygon(inverse(map), rectangle(0.0, 0.0, b.width, b.height)), a.width, a.height);
    const double in_a = likeness::registration::area(common);
    return std::max(in_a / pixels(a), in_a * std::abs(map.determinant()) / pixels(b));
}

Result<Candidate> improve(const Source& a, const Source& b, const Affine& map, double area,
                          bool coarse_first, Freedom freedom) {
    const auto overlap = cut_overlap(a, b, map, area);
    if (!overlap) return overlap.error();
    if (!overlap.value()) return Candidate{map, -1.0};
    const Overlap& common = *overlap.value();
    Plane luma_a = smooth(luma_of(common.a));
    Plane luma_b = smooth(luma_of(common.b));
    Affine inner = common.map;
    if (coarse_first) {
        const Plane half_a = halve(luma_a);
        const Plane half_b = halve(luma_b);
        const Affine down = scaling(0.5, 0.5);
        const Affine up = scaling(2.0, 2.0);
        const auto coarse =
            refine(half_a, half_b, compose(down, compose(inner, up)), 3, Freedom::similarity);
        inner = compose(up, compose(coarse.map, down));
    }
    Refinement refined = refine(luma_a, luma_b, inner, 2, Freedom::similarity);
    if (freedom == Freedom::affine) {
        const Refinement bent = refine(luma_a, luma_b, refined.map, 2, Freedom::affine);
        if (bent.fit > refined.fit + 0.002 && stretch(bent.map) < 1.2) refined = bent;
    }
    return Candidate{compose(common.to_b, compose(refined.map, inverse(common.to_a))), refined.fit};
}

PictureTransform transform_of(const Affine& map) noexcept {
    const Point turn = nearest_similarity(map);
    const double length = std::sqrt(turn.x * turn.x + turn.y * turn.y);
    const bool mirrored = map.determinant() < 0.0;
    PictureTransform result{{map.a, map.b, map.c, map.d, map.e, map.f}, map.scale()};
    result.mirrored = mirrored;
    if (length <= 0.0) return result;
    // A mirror about the x axis is one from left to right, turned by 180°.
    const double side = mirrored ? -1.0 : 1.0;
    result.cosine = side * turn.x / length;
    result.sine = side * turn.y / length;
    return result;
}

Rectangle to_rectangle(const Box& box) noexcept {
    return {box.left, box.top, box.right - box.left, box.bottom - box.top};
}

/// Shares of the picture's detailed tiles that lie where `map` finds them inside `other`.
double content_covered(const Plane& overview, Size size, const Affine& map, Size other) {
    const Affine to_picture = between(overview.size(), size);
    const auto tiles = tiles_inside(overview.size(), Affine(), overview.size());
    const auto moments = own_moments(overview, tiles);
    int detailed = 0;
    int inside = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const double mean = moments[i].a / tile_area;
        if (moments[i].aa / tile_area - mean * mean < 16.0) continue;
        ++detailed;
        const Point p = map(to_picture(tiles[i].centre()));
        if (p.x >= 0.0 && p.y >= 0.0 && p.x <= other.width && p.y <= other.height) ++inside;
    }
    return detailed > 0 ? static_cast<double>(inside) / detailed : 1.0;
}

/// A place differs where one of its tiles lies so far beyond the noise: re-encoding and blurring
/// leave single tiles at up to twice the limit, another word leaves one at three times or more.
constexpr double least_peak = 2.5;

/// More where a picture had to be smoothed for the other's sake, by each smoothing.
constexpr double peak_growth = 1.0 / 24.0;

/// Neighbouring tiles that disagree become one place.
std::vector<Difference> differences_of(const Agreement& agreement, const Affine& to_a,
                                       const Affine& map) {
    const double peak = least_peak + peak_growth * std::abs(agreement.blur);
    std::vector<Difference> differences;
    std::vector<const JudgedTile*> open;
    for (const JudgedTile& t : agreement.tiles) {
        if (!t.agrees() || !t.same_colour) open.push_back(&t);
    }
    while (!open.empty()) {
        std::vector<const JudgedTile*> place{open.back()};
        open.pop_back();
        for (std::size_t i = 0; i < place.size(); ++i) {
            const Tile here = place[i]->tile;
            const auto joins = [&here](const JudgedTile* t) {
                return std::abs(t->tile.x - here.x) <= tile_side &&
                       std::abs(t->tile.y - here.y) <= tile_side;
            };
            const auto rest = std::stable_partition(open.begin(), open.end(),
                                                    [&](const JudgedTile* t) { return !joins(t); });
            place.insert(place.end(), rest, open.end());
            open.erase(rest, open.end());
        }
        const bool shows = std::any_of(place.begin(), place.end(), [peak](const JudgedTile* t) {
            return t->excess >= peak || !t->same_colour;
        });
        if (!shows) continue;
        Box box{1e9, 1e9, -1e9, -1e9};
        for (const JudgedTile* t : place) {
            box.left = std::min<double>(box.left, t->tile.x);
            box.top = std::min<double>(box.top, t->tile.y);
            box.right = std::max<double>(box.right, t->tile.x + tile_side);
            box.bottom = std::max<double>(box.bottom, t->tile.y + tile_side);
        }
        const Polygon corners =
            rectangle(box.left, box.top, box.right - box.left, box.bottom - box.top);
        const Polygon in_a = map_polygon(to_a, corners);
        differences.push_back(
            {to_rectangle(bounds(in_a)), to_rectangle(bounds(map_polygon(map, in_a)))});
    }
    return differences;
}

/// Colours at a grid of places, and how far they lie apart at most where b lies over a in the best
/// of all eight ways.
double plain_distance(const Image& a, const Image& b) {
    constexpr int side = 8;
    const auto small_a = resize(a.view(), {side, side}, {});
    const auto small_b = resize(b.view(), {side, side}, {});
    constexpr int farthest = 255;
    if (!small_a || !small_b) return farthest;
    const std::uint8_t* rgb_a = small_a.value().pixels().data();
    const std::uint8_t* rgb_b = small_b.value().pixels().data();
    int least = farthest;
    for (int i = 0; i < orientations; ++i) {
        const Affine turn = orientation_map(i);
        int most = 0;
        for (int y = 0; y < side; ++y) {
            for (int x = 0; x < side; ++x) {
                const Point p = turn({(x + 0.5) / side, (y + 0.5) / side});
                const int u = static_cast<int>(p.x * side);
                const int v = static_cast<int>(p.y * side);
                for (int channel = 0; channel < 3; ++channel) {
                    most = std::max(most, std::abs(rgb_a[3 * (y * side + x) + channel] -
                                                   rgb_b[3 * (v * side + u) + channel]));
                }
            }
        }
        least = std::min(least, most);
    }
    return least;
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
        if (m.aa / tile_area - mean * mean >= 16.0) ++content.detailed;
    }
    return content;
}

ContentKind kind_of(const Content& content) noexcept {
    if (content.detailed == 0) return ContentKind::none;
    if (content.detailed < 12) return ContentKind::little;
    return content.ground > 0.45 ? ContentKind::drawing : ContentKind::photo;
}

}  // namespace

namespace {

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
    return PictureDescription{image.size(), content, std::move(detail).value(),
                              std::move(overview).value(), std::move(features)};
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

Result<Registration> register_pictures(const PictureDescription& a, const PictureDescription& b) {
    Registration result;
    const Plane luma_a = luma_of(a.overview);
    const Plane luma_b = luma_of(b.overview);
    result.content_a = a.content;
    result.content_b = b.content;
    result.plain_distance = plain_distance(a.overview, b.overview);

    if (result.content_a == ContentKind::none || result.content_b == ContentKind::none)
        return result;

    const Source overview_a{&a.overview, a.size};
    const Source overview_b{&b.overview, b.size};
    std::vector<Hypothesis> hypotheses = from_features(a.features, b.features);
    if (const auto frames = from_frames(frames_of(luma_a), frames_of(luma_b))) {
        hypotheses.push_back(*frames);
    }
    Candidate best;
    for (const Hypothesis& hypothesis : hypotheses) {
        const Affine map = compose(between(b.overview.size(), b.size),
                                   compose(hypothesis.map, between(a.size, a.overview.size())));
        auto candidate =
            improve(overview_a, overview_b, map, rough_area, true, Freedom::similarity);
        if (!candidate) return std::move(candidate).error();
        // A small part may agree by chance, or because the pictures repeat themselves.
        Candidate& found = candidate.value();
        found.fit *= found.fit * larger_share(found.map, a.size, b.size);
        if (found.fit > best.fit) best = found;
    }
    constexpr double least_fit = 0.02;
    if (best.fit < least_fit) return result;

    const Source detail_a{&a.detail, a.size};
    const Source detail_b{&b.detail, b.size};
    constexpr double area = PictureDescription::overview_area;
    auto refined = improve(detail_a, detail_b, best.map, area, false, Freedom::affine);
    if (!refined) return std::move(refined).error();
    const Affine map = refined.value().map;
    const bool fine =
        result.content_a != ContentKind::photo || result.content_b != ContentKind::photo;
    const double final_area = fine ? 1024.0 * 1024.0 : area;
    const auto overlap = cut_overlap(detail_a, detail_b, map, final_area);
    if (!overlap) return overlap.error();
    if (!overlap.value()) return result;
    const Overlap& common = *overlap.value();
    Agreement agreement = judge(common, common.map);
    const bool doubtful =
        std::any_of(agreement.tiles.begin(), agreement.tiles.end(),
                    [](const JudgedTile& t) { return !t.agrees() || !t.same_colour; });
    if (doubtful) {
        leave_out_fill(agreement, common, common.map, fill_of(a.overview), fill_of(b.overview));
    }
    result.registered = true;
    result.transform = transform_of(map);
    const Polygon in_a =
        clip(map_polygon(inverse(map), rectangle(0.0, 0.0, b.size.width, b.size.height)),
             a.size.width, a.size.height);
    if (in_a.size() < 3) return result;
    const Polygon in_b = map_polygon(map, in_a);
    result.overlap_a = to_rectangle(bounds(in_a));
    result.overlap_b = to_rectangle(bounds(in_b));
    result.covered_a = likeness::registration::area(in_a) / pixels(a.size);
    result.covered_b = likeness::registration::area(in_b) / pixels(b.size);
    result.content_covered_a = content_covered(luma_a, a.size, map, b.size);
    result.content_covered_b = content_covered(luma_b, b.size, inverse(map), a.size);
    const Share share_a = agreement.share_of(&JudgedTile::telling_a);
    const Share share_b = agreement.share_of(&JudgedTile::telling_b);
    result.agreement_a = share_a.value();
    result.agreement_b = share_b.value();
    result.tiles_a = share_a.all;
    result.tiles_b = share_b.all;
    for (const JudgedTile& t : agreement.tiles) {
        result.largest_excess = std::max(result.largest_excess, t.excess);
    }
    result.differences = differences_of(agreement, common.to_a, map);
    result.exposure = {agreement.curve.slope(), agreement.curve.offset()};
    result.blur = agreement.blur;
    result.noise = agreement.noise;
    result.greyscale_a = agreement.grey_a;
    result.greyscale_b = agreement.grey_b;
    const auto coloured = std::count_if(agreement.tiles.begin(), agreement.tiles.end(),
                                        [](const JudgedTile& t) { return t.same_colour; });
    result.colour_agreement =
        agreement.tiles.empty()
            ? 0.0
            : static_cast<double>(coloured) / static_cast<double>(agreement.tiles.size());
    return result;
}

}  // namespace likeness
