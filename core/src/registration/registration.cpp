#include "likeness/registration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "agreement.hpp"
#include "bandwidth.hpp"
#include "description.hpp"
#include "fill.hpp"
#include "hypotheses.hpp"
#include "overlap.hpp"
#include "refinement.hpp"

namespace likeness {
namespace {

using namespace registration;

Affine between(Size from, Size to) noexcept {
    return scaling(static_cast<double>(to.width) / from.width,
                   static_cast<double>(to.height) / from.height);
}

/// The area in which hypotheses are compared, and that in which they are refined.
constexpr double rough_area = 176.0 * 176.0;
constexpr double overview_area = PictureDescription::overview_area;

/// A transform between pictures and how well it fits.
struct Candidate {
    Affine map;  ///< From pixels of the picture a to those of b.
    double fit = -1.0;
    int smoothings = 0;  ///< Of a (positive) or b (negative), at the scale at which it was fitted.
};

/// The larger of the shares of a and b that are common to both.
double larger_share(const Affine& map, Size a, Size b) {
    const Polygon common =
        clip(map_polygon(inverse(map), rectangle(0.0, 0.0, b.width, b.height)), a.width, a.height);
    const double in_a = likeness::registration::area(common);
    return std::max(in_a / pixels(a), in_a * std::abs(map.determinant()) / pixels(b));
}

/// Whether both lay the corners of a upon the same places of b, but for a few of 100 parts.
bool nearly_same(const Affine& p, const Affine& q, Size a, Size b) {
    const double tolerance = 0.03 * std::max(b.width, b.height);
    const Polygon corners = rectangle(0.0, 0.0, a.width, a.height);
    return std::all_of(corners.begin(), corners.end(), [&](const Point& corner) {
        const Point u = p(corner);
        const Point v = q(corner);
        return std::abs(u.x - v.x) <= tolerance && std::abs(u.y - v.y) <= tolerance;
    });
}

/// In a small overlap of the overviews: first at half its scale, then at its own.
Result<Candidate> improve_roughly(const Source& a, const Source& b, const Affine& map) {
    const auto overlap = cut_overlap(a, b, map, rough_area);
    if (!overlap) return overlap.error();
    if (!overlap.value()) return Candidate{map, -1.0};
    const Overlap& common = *overlap.value();
    Plane luma_a = smooth(luma_of(common.a));
    Plane luma_b = smooth(luma_of(common.b));
    const int smoothings = equalise_fineness(luma_a, luma_b);
    const Affine down = scaling(0.5, 0.5);
    const Affine up = scaling(2.0, 2.0);
    const Refinement coarse =
        refine(halve(luma_a), halve(luma_b), compose(down, compose(common.map, up)), 3,
               Freedom::similarity);
    const Refinement fine =
        refine(luma_a, luma_b, compose(up, compose(coarse.map, down)), 2, Freedom::similarity);
    return Candidate{common.picture_map(fine.map), fine.fit, smoothings};
}

/// To a fraction of a pixel of the overlap; affine where that fits better. The finer picture is
/// smoothed as often as `smoothings` says for an overlap of rough_area.
Affine improve_finely(const Overlap& overlap, int smoothings) {
    constexpr double gain = 0.002;
    constexpr double most_stretch = 1.2;
    // A smoothing's variance is in pixels, of which an area of so much more has more.
    constexpr auto finer = static_cast<int>(overview_area / rough_area);
    const Plane luma_a = smooth(luma_of(overlap.a), 1 + finer * std::max(smoothings, 0));
    const Plane luma_b = smooth(luma_of(overlap.b), 1 + finer * std::max(-smoothings, 0));
    const Refinement turned = refine(luma_a, luma_b, overlap.map, 1, Freedom::similarity);
    const Refinement bent = refine(luma_a, luma_b, turned.map, 1, Freedom::affine);
    return bent.fit > turned.fit + gain && stretch(bent.map) < most_stretch ? bent.map : turned.map;
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

/// Share of the picture's detailed tiles that lie, or reach, where `map` finds them inside `other`.
double content_covered(const Plane& overview, Size size, const Affine& map, Size other) {
    const Affine to_other = compose(map, between(overview.size(), size));
    const auto tiles = tiles_inside(overview.size(), Affine(), overview.size());
    const auto moments = own_moments(overview, tiles);
    const auto inside = [&](int x, int y) {
        const Point p = to_other({static_cast<double>(x), static_cast<double>(y)});
        return p.x >= 0.0 && p.y >= 0.0 && p.x <= other.width && p.y <= other.height;
    };
    int detailed = 0;
    int covered = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const double mean = moments[i].a / tile_area;
        if (moments[i].aa / tile_area - mean * mean < least_detail) continue;
        ++detailed;
        // The edge of a border has a detail that belongs to neither side.
        constexpr int around = 2;
        const int left = tiles[i].x - around;
        const int top = tiles[i].y - around;
        const int right = tiles[i].x + tile_side + around;
        const int bottom = tiles[i].y + tile_side + around;
        if (inside(left, top) || inside(right, top) || inside(left, bottom) ||
            inside(right, bottom)) {
            ++covered;
        }
    }
    return detailed > 0 ? static_cast<double>(covered) / detailed : 1.0;
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
        const auto any = [&place](bool JudgedTile::*telling) {
            return std::any_of(place.begin(), place.end(),
                               [telling](const JudgedTile* t) { return t->*telling; });
        };
        differences.push_back({to_rectangle(bounds(in_a)),
                               to_rectangle(bounds(map_polygon(map, in_a))),
                               any(&JudgedTile::telling_a), any(&JudgedTile::telling_b)});
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

/// The best rough transform from pixels of a to pixels of b, if one fits at all.
Result<std::optional<Candidate>> find_transform(const PictureDescription& a,
                                                const PictureDescription& b) {
    std::vector<Hypothesis> hypotheses = from_features(a.features, b.features);
    if (const auto frames =
            from_frames(frames_of(luma_of(a.overview)), frames_of(luma_of(b.overview)))) {
        hypotheses.push_back(*frames);
    }
    Candidate best;
    std::vector<Affine> tried;
    for (const Hypothesis& hypothesis : hypotheses) {
        const Affine map = compose(between(b.overview.size(), b.size),
                                   compose(hypothesis.map, between(a.size, a.overview.size())));
        const bool known = std::any_of(tried.begin(), tried.end(), [&](const Affine& other) {
            return nearly_same(map, other, a.size, b.size);
        });
        if (known) continue;
        auto improved = improve_roughly({&a.overview, a.size}, {&b.overview, b.size}, map);
        if (!improved) return std::move(improved).error();
        // A small part may agree by chance, or because the pictures repeat themselves.
        Candidate& candidate = improved.value();
        candidate.fit *= candidate.fit * larger_share(candidate.map, a.size, b.size);
        tried.push_back(candidate.map);
        if (candidate.fit > best.fit) best = candidate;
    }
    constexpr double least_fit = 0.02;
    if (best.fit < least_fit) return std::optional<Candidate>();
    return std::optional<Candidate>(best);
}

/// What is the same where `map` lays a over b, and where they lie.
void report_geometry(Registration& result, const PictureDescription& a, const PictureDescription& b,
                     const Affine& map) {
    const Polygon in_a =
        clip(map_polygon(inverse(map), rectangle(0.0, 0.0, b.size.width, b.size.height)),
             a.size.width, a.size.height);
    const Polygon in_b = map_polygon(map, in_a);
    result.transform = transform_of(map);
    result.overlap_a = to_rectangle(bounds(in_a));
    result.overlap_b = to_rectangle(bounds(in_b));
    result.covered_a = likeness::registration::area(in_a) / pixels(a.size);
    result.covered_b = likeness::registration::area(in_b) / pixels(b.size);
    result.content_covered_a = content_covered(luma_of(a.overview), a.size, map, b.size);
    result.content_covered_b = content_covered(luma_of(b.overview), b.size, inverse(map), a.size);
}

void report_agreement(Registration& result, const Agreement& agreement) {
    const Share share_a = agreement.share_of(&JudgedTile::telling_a);
    const Share share_b = agreement.share_of(&JudgedTile::telling_b);
    result.agreement_a = share_a.value();
    result.agreement_b = share_b.value();
    result.tiles_a = share_a.all;
    result.tiles_b = share_b.all;
    for (const JudgedTile& t : agreement.tiles) {
        result.largest_excess = std::max(result.largest_excess, t.excess);
    }
    result.exposure = {agreement.gain, agreement.offset};
    result.blur = agreement.blur;
    result.noise = agreement.noise;
    result.greyscale_a = agreement.grey_a;
    result.greyscale_b = agreement.grey_b;
}

Result<Registration> register_in_order(const PictureDescription& a, const PictureDescription& b) {
    Registration result;
    result.content_a = a.content;
    result.content_b = b.content;
    result.plain_distance = plain_distance(a.overview, b.overview);
    if (a.content == ContentKind::none || b.content == ContentKind::none) return result;

    const auto found = find_transform(a, b);
    if (!found) return found.error();
    if (!found.value()) return result;
    const Candidate& rough = *found.value();
    const Source source_a{&a.detail, a.size};
    const Source source_b{&b.detail, b.size};
    auto overlap = cut_overlap(source_a, source_b, rough.map, overview_area);
    if (!overlap) return std::move(overlap).error();
    if (!overlap.value()) return result;
    Affine inner = improve_finely(*overlap.value(), rough.smoothings);
    const Affine map = overlap.value()->picture_map(inner);

    // Text needs all the detail there is: one letter is a few pixels.
    if (a.content != ContentKind::photo || b.content != ContentKind::photo) {
        constexpr double all = PictureDescription::max_side;
        overlap = cut_overlap(source_a, source_b, map, all * all);
        if (!overlap) return std::move(overlap).error();
        if (!overlap.value()) return result;
        inner = overlap.value()->map;
    }
    const Overlap& common = *overlap.value();
    Agreement agreement = judge(common, inner);
    const bool doubtful =
        std::any_of(agreement.tiles.begin(), agreement.tiles.end(),
                    [](const JudgedTile& t) { return !t.agrees() || !t.same_colour; });
    if (doubtful) {
        leave_out_fill(agreement, common, inner, fill_of(a.overview), fill_of(b.overview));
    }
    result.registered = true;
    report_geometry(result, a, b, map);
    report_agreement(result, agreement);
    result.differences = differences_of(agreement, common.to_a, map);
    return result;
}

/// An order of pictures that doesn't depend on which of two is named first. Gradients are taken of
/// the first, which is the sharper one: those of a blurred picture lead nowhere in a sharp one.
bool comes_before(const PictureDescription& a, const PictureDescription& b) {
    if (a.fineness != b.fineness) return a.fineness > b.fineness;
    const auto key = [](const PictureDescription& p) {
        return std::array{p.size.width, p.size.height};
    };
    if (key(a) != key(b)) return key(a) < key(b);
    const auto x = a.detail.pixels();
    const auto y = b.detail.pixels();
    return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
}

/// The same, seen from the other picture.
Registration swapped(Registration r) {
    const auto& m = r.transform.matrix;
    if (r.registered) {
        r.transform = transform_of(inverse(Affine{m[0], m[1], m[2], m[3], m[4], m[5]}));
    }
    std::swap(r.overlap_a, r.overlap_b);
    std::swap(r.covered_a, r.covered_b);
    std::swap(r.content_covered_a, r.content_covered_b);
    std::swap(r.agreement_a, r.agreement_b);
    std::swap(r.tiles_a, r.tiles_b);
    std::swap(r.greyscale_a, r.greyscale_b);
    std::swap(r.content_a, r.content_b);
    for (Difference& difference : r.differences) {
        std::swap(difference.a, difference.b);
        std::swap(difference.detail_a, difference.detail_b);
    }
    r.blur = -r.blur;
    // A gain of nearly 0 has no inverse worth telling.
    constexpr double least_gain = 0.01;
    const double gain = std::max(r.exposure.gain, least_gain);
    r.exposure = {1.0 / gain, -r.exposure.offset / gain};
    return r;
}

}  // namespace

Result<Registration> register_pictures(const PictureDescription& a, const PictureDescription& b) {
    if (!comes_before(b, a)) return register_in_order(a, b);
    auto registration = register_in_order(b, a);
    if (!registration) return registration;
    return swapped(std::move(registration).value());
}

}  // namespace likeness
