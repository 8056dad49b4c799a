#include "likeness/registration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "agreement.hpp"
#include "bandwidth.hpp"
#include "description.hpp"
#include "fill.hpp"
#include "hypotheses.hpp"
#include "overlap.hpp"
#include "pyramid.hpp"
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

/// Where pictures have so much of their areas in common, their overviews show as much of it as is
/// compared.
constexpr double nearly_whole = 0.7;

/// A transform between pictures and how well it fits.
struct Candidate {
    Affine map;  ///< From pixels of the picture a, or of its overview, to those of b.
    double fit = 0.0;
    int smoothings = 0;  ///< Of a (positive) or b (negative), at the scale at which it was fitted.
    double scale = 1.0;  ///< Of a's pixels at that scale to those of `map`.
};

/// The shares of a and b that are common to both, the smaller one first.
std::array<double, 2> shares(const Affine& map, Size a, Size b) {
    const Polygon common =
        clip(map_polygon(inverse(map), rectangle(0.0, 0.0, b.width, b.height)), a.width, a.height);
    const double in_a = likeness::registration::area(common);
    const double of_a = in_a / pixels(a);
    const double of_b = in_a * std::abs(map.determinant()) / pixels(b);
    return {std::min(of_a, of_b), std::max(of_a, of_b)};
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

/// At which halvings of both overviews what `map` (from one to the other) has in common has about
/// rough_area and is equally large; the last level is left for a coarser start.
std::array<int, 2> rough_levels(const Affine& map, Size a, Size b) {
    const double area_a = likeness::registration::area(
        clip(map_polygon(inverse(map), rectangle(0.0, 0.0, b.width, b.height)), a.width, a.height));
    const double area_b = area_a * std::abs(map.determinant());
    constexpr int coarsest = Pyramid::levels - 2;
    constexpr double shrinks = 4.0;
    int level_a = 0;
    int level_b = 0;
    double now_a = area_a;
    double now_b = area_b;
    while (std::min(now_a, now_b) / shrinks >= rough_area / 2.0 &&
           std::max(level_a, level_b) < coarsest) {
        ++level_a;
        ++level_b;
        now_a /= shrinks;
        now_b /= shrinks;
    }
    for (; now_a > now_b * shrinks / 2.0 && level_a < coarsest; now_a /= shrinks) ++level_a;
    for (; now_b > now_a * shrinks / 2.0 && level_b < coarsest; now_b /= shrinks) ++level_b;
    return {level_a, level_b};
}

Affine halved(int times) noexcept {
    const double scale = 1.0 / (1 << times);
    return scaling(scale, scale);
}

/// In a small overlap of the overviews: first at half its scale, then at its own. `map` goes from
/// one overview to the other, and so does the candidate's.
Candidate improve_roughly(Pyramid& a, Pyramid& b, const Affine& map) {
    const auto [level_a, level_b] = rough_levels(map, a.at(0, 0).size(), b.at(0, 0).size());
    const Size size_a = a.at(level_a, 0).size();
    const Size size_b = b.at(level_b, 0).size();
    const Affine to_a = halved(level_a);
    const Affine to_b = halved(level_b);
    const Affine fine_map = compose(to_b, compose(map, inverse(to_a)));
    const auto tiles_a = tiles_inside(size_a, fine_map, size_b);
    const auto tiles_b = tiles_inside(size_b, inverse(fine_map), size_a);
    if (tiles_a.empty() || tiles_b.empty()) return {map};
    const int smoothings = smoothings_to_equal(a, level_a, tiles_a, b, level_b, tiles_b);
    // A smoothing's variance is in pixels: at half the scale a quarter of them does.
    const int smooth_a = std::max(smoothings, 0);
    const int smooth_b = std::max(-smoothings, 0);
    const Plane& coarse_a = a.at(level_a + 1, 1 + smooth_a / 4);
    const Plane& coarse_b = b.at(level_b + 1, 1 + smooth_b / 4);
    const Affine down = halved(1);
    const Affine up = inverse(down);
    const Refinement coarse =
        refine(coarse_a, coarse_b, compose(down, compose(fine_map, up)), 3, Freedom::similarity);
    const Refinement fine = refine(a.at(level_a, 1 + smooth_a), b.at(level_b, 1 + smooth_b),
                                   compose(up, compose(coarse.map, down)), 2, Freedom::similarity);
    return {compose(inverse(to_b), compose(fine.map, to_a)), fine.fit, smoothings, to_a.scale()};
}

/// Whether what fits so well, roughly and finely, may be a copy or variant. The sum is 0.33 at
/// least in those of the benchmark's fitting half, by far the least of them with text all over; in
/// noise the fine one may be 0.23. Judging takes longer than all that comes before.
bool worth_judging(double rough, double fine) noexcept {
    constexpr double least_fine = 0.15;
    constexpr double least_sum = 0.32;
    return fine >= least_fine && rough + fine >= least_sum;
}

/// To a fraction of a pixel of the overlap; affine where that fits better. The finer picture is
/// smoothed as much as it was for the rough transform.
Refinement improve_finely(const Overlap& overlap, const Candidate& rough, const LumaPair& luma) {
    constexpr double gain = 0.002;
    constexpr double most_stretch = 1.2;
    // A smoothing's variance is in pixels, of which an area of so much more has more.
    const double finer = 1.0 / (overlap.to_a.scale() * rough.scale);
    const auto smoothings = [&](int times) {
        return 1 + static_cast<int>(std::lround(finer * finer * std::max(times, 0)));
    };
    const Plane luma_a = smooth(luma[0], smoothings(rough.smoothings));
    const Plane luma_b = smooth(luma[1], smoothings(-rough.smoothings));
    const Refinement turned = refine(luma_a, luma_b, overlap.map, 1, Freedom::similarity);
    if (!worth_judging(rough.fit, turned.fit)) return turned;
    const Refinement bent = refine(luma_a, luma_b, turned.map, 1, Freedom::affine);
    return bent.fit > turned.fit + gain && stretch(bent.map) < most_stretch ? bent : turned;
}

PictureTransform transform_of(const Affine& map) noexcept {
    const Point turn = nearest_similarity(map);
    const double length = std::sqrt(turn.x * turn.x + turn.y * turn.y);
    const bool mirrored = map.determinant() < 0.0;
    PictureTransform result{{map.a, map.b, map.c, map.d, map.e, map.f}, map.scale()};
    // No −0, which inverting makes.
    for (double& element : result.matrix) element += 0.0;
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
double content_covered(const PictureDescription& picture, const Affine& map, Size other) {
    const Affine to_other = compose(map, between(picture.overview.size(), picture.size));
    const auto inside = [&](int x, int y) {
        const Point p = to_other({static_cast<double>(x), static_cast<double>(y)});
        return p.x >= 0.0 && p.y >= 0.0 && p.x <= other.width && p.y <= other.height;
    };
    int covered = 0;
    for (const auto& [x, y] : picture.detailed) {
        // The edge of a border has a detail that belongs to neither side.
        constexpr int around = 2;
        const int left = x - around;
        const int top = y - around;
        const int right = x + tile_side + around;
        const int bottom = y + tile_side + around;
        if (inside(left, top) || inside(right, top) || inside(left, bottom) ||
            inside(right, bottom)) {
            ++covered;
        }
    }
    return picture.detailed.empty() ? 1.0 : covered / static_cast<double>(picture.detailed.size());
}

/// Whether a crop took away more than ground: of the pixels that the other picture doesn't show,
/// the share that isn't of nearly the most common brightness. 0 where there are hardly any.
double detail_beyond(const PictureDescription& picture, const Affine& map, Size other) {
    constexpr std::size_t range = 5;
    constexpr int fewest = 64;
    constexpr double around = 2.0;  // The edge of a border is a mixture of both its sides.
    const Image& overview = picture.overview;
    const Affine to_other = compose(map, between(overview.size(), picture.size));
    const double margin = around * to_other.scale();
    BrightnessCounts counts{};
    const std::uint8_t* pixel = overview.pixels().data();
    for (int y = 0; y < overview.height(); ++y) {
        for (int x = 0; x < overview.width(); ++x, pixel += 3) {
            const Point p = to_other({x + 0.5, y + 0.5});
            if (p.x >= -margin && p.y >= -margin && p.x <= other.width + margin &&
                p.y <= other.height + margin) {
                continue;
            }
            const auto luma = (19595U * pixel[0] + 38470U * pixel[1] + 7471U * pixel[2]) >> 16U;
            ++counts[luma / brightness_step];
        }
    }
    const int all = std::accumulate(counts.begin(), counts.end(), 0);
    if (all < fewest) return 0.0;
    return 1.0 - static_cast<double>(most_within(counts, range)) / all;
}

/// A place differs where one of its tiles lies so far beyond the noise: re-encoding and blurring
/// leave single tiles at up to twice the limit, another word leaves one at three times or more.
constexpr double least_peak = 2.5;

/// More where a picture had to be smoothed for the other's sake, by each smoothing.
constexpr double peak_growth = 1.0 / 24.0;

using Place = std::vector<const JudgedTile*>;

/// Neighbouring tiles become one place.
std::vector<Place> places_of(Place open) {
    std::vector<Place> places;
    while (!open.empty()) {
        Place place{open.back()};
        open.pop_back();
        for (std::size_t i = 0; i < place.size(); ++i) {
            const Tile here = place[i]->tile;
            const auto joins = [&here](const JudgedTile* t) {
                return std::abs(t->tile.x - here.x) <= tile_side &&
                       std::abs(t->tile.y - here.y) <= tile_side;
            };
            std::copy_if(open.begin(), open.end(), std::back_inserter(place), joins);
            std::erase_if(open, joins);
        }
        places.push_back(std::move(place));
    }
    return places;
}

Difference difference_at(const Place& place, const Affine& to_a, const Affine& map) {
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
    return {to_rectangle(bounds(in_a)), to_rectangle(bounds(map_polygon(map, in_a))),
            any(&JudgedTile::telling_a), any(&JudgedTile::telling_b)};
}

/// Of the telling tiles of the picture that agrees less, the share that agrees.
double least_share(const Agreement& agreement) noexcept {
    return std::min(agreement.share_of(&JudgedTile::telling_a).value(),
                    agreement.share_of(&JudgedTile::telling_b).value());
}

std::vector<Difference> differences_of(const Agreement& agreement, const Affine& to_a,
                                       const Affine& map) {
    const auto tiles_where = [&agreement](auto wanted) {
        Place tiles;
        for (const JudgedTile& t : agreement.tiles) {
            if (wanted(t)) tiles.push_back(&t);
        }
        return tiles;
    };
    const double peak = least_peak + peak_growth * std::abs(agreement.blur);
    std::vector<Difference> differences;
    for (const Place& place : places_of(
             tiles_where([](const JudgedTile& t) { return !t.agrees() || !t.same_colour; }))) {
        const bool shows = std::any_of(place.begin(), place.end(), [peak](const JudgedTile* t) {
            return t->excess >= peak || !t->same_colour;
        });
        if (shows) differences.push_back(difference_at(place, to_a, map));
    }
    // A patch of plain ground shows where all else agrees: among pictures that share plain ground
    // only, there is always some of another brightness.
    if (!differences.empty() || least_share(agreement) < copy_agreement) return differences;
    for (const Place& place :
         places_of(tiles_where([](const JudgedTile& t) { return t.repainted; }))) {
        differences.push_back(difference_at(place, to_a, map));
    }
    return differences;
}

/// Colours at a grid of places, and how far they lie apart at most where b lies over a in the best
/// of all eight ways.
double plain_distance(const PictureDescription& a, const PictureDescription& b) {
    constexpr int side = PictureDescription::grid_side;
    const std::uint8_t* rgb_a = a.grid.data();
    const std::uint8_t* rgb_b = b.grid.data();
    int least = 255;
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

/// Whether a picture that was turned so has corners to be filled: not by a multiple of 90°.
bool leaves_corners(const Affine& map) noexcept {
    constexpr double least = 0.01;
    const Point turn = nearest_similarity(map);
    return std::min(std::abs(turn.x), std::abs(turn.y)) > least * map.scale();
}

/// Of the picture that has more of them.
int telling_tiles(const Agreement& agreement) noexcept {
    return std::max(agreement.share_of(&JudgedTile::telling_a).all,
                    agreement.share_of(&JudgedTile::telling_b).all);
}

bool is_doubtful(const Agreement& agreement) noexcept {
    return std::any_of(agreement.tiles.begin(), agreement.tiles.end(),
                       [](const JudgedTile& t) { return !t.agrees() || !t.same_colour; });
}

/// Two pictures on each other, and how much of them agrees.
struct View {
    View(Overlap&& cut, LumaPair&& brightness, const Affine& inner, const Affine& outer, Look look)
        : overlap(std::move(cut)),
          luma(std::move(brightness)),
          map(inner),
          picture_map(outer),
          agreement(judge(overlap, luma, map, look)) {}

    Overlap overlap;
    LumaPair luma;
    Affine map;          ///< From pixels of overlap.a to those of overlap.b.
    Affine picture_map;  ///< From pixels of the picture a to those of b.
    Agreement agreement;
    double smoothings = 1.0;  ///< Of the first view's scale, for one at this scale.
};

/// Null where there is nothing to look at.
using ViewPointer = std::unique_ptr<View>;

/// Null where too little is common to both. `map` goes from picture to picture.
Result<ViewPointer> view_at(const Source& a, const Source& b, const Affine& map, double area,
                            Look look = Look::equalised) {
    auto overlap = cut_overlap(a, b, map, area);
    if (!overlap) return std::move(overlap).error();
    if (!overlap.value()) return ViewPointer();
    const Affine inner = overlap.value()->map;
    LumaPair luma{luma_of(overlap.value()->a), luma_of(overlap.value()->b)};
    return std::make_unique<View>(*std::move(overlap).value(), std::move(luma), inner, map, look);
}

/// Whether the first of two views says more than the second.
using Better = bool (*)(const Agreement& smaller, const Agreement& before);

/// Looks at the pictures from farther away, by that scale. Whether that is better than `view`,
/// which it becomes then.
Result<bool> step_back(const Source& a, const Source& b, ViewPointer& view, double scale,
                       Better better) {
    const double area = scale * scale;
    auto smaller = view_at(a, b, view->picture_map, area * pixels(view->overlap.a.size()));
    if (!smaller) return std::move(smaller).error();
    if (!smaller.value() || !better(smaller.value()->agreement, view->agreement)) return false;
    smaller.value()->smoothings = view->smoothings / area;
    view = std::move(smaller).value();
    return true;
}

/// How many pixels of the overlap's side are one pixel of the picture that has fewer of them.
double enlargement(const Overlap& overlap) noexcept {
    return 1.0 / std::min(overlap.to_a.scale(), overlap.to_b.scale());
}

/// Looks at the pictures from as far away as their detail asks for.
Status find_distance(const Source& a, const Source& b, ViewPointer& view) {
    // Where so much had to be smoothed away that few tiles show anything any more, what is left is
    // larger than they are.
    constexpr int much = 16;
    constexpr int few = 40;
    bool farther = true;
    while (farther && std::abs(view->agreement.blur) >= much &&
           telling_tiles(view->agreement) < few) {
        const auto stepped =
            step_back(a, b, view, 0.5, [](const Agreement& smaller, const Agreement& before) {
                return telling_tiles(smaller) > telling_tiles(before);
            });
        if (!stepped) return stepped.error();
        farther = stepped.value();
    }
    // Tiles of an icon that is enlarged many times show the ramps between its pixels. Where places
    // differ only so, and none does where pixels are nearer their true size, none does.
    constexpr double most_enlarged = 6.0;
    const double scale = most_enlarged / enlargement(view->overlap);
    if (scale >= 1.0 || !is_doubtful(view->agreement)) return {};
    const auto stepped =
        step_back(a, b, view, scale, [](const Agreement& smaller, const Agreement& before) {
            return least_share(smaller) > least_share(before) &&
                   differences_of(smaller, Affine(), Affine()).empty();
        });
    return stepped ? Status() : Status(stepped.error());
}

/// The best rough transform from pixels of a to pixels of b, if one fits at all.
std::optional<Candidate> find_transform(const PictureDescription& a, const PictureDescription& b) {
    std::vector<Hypothesis> hypotheses = from_features(a.features, b.features);
    if (const auto frames = from_frames(a.frames, b.frames)) hypotheses.push_back(*frames);
    if (hypotheses.empty()) return std::nullopt;
    Pyramid pyramid_a(luma_of(a.overview));
    Pyramid pyramid_b(luma_of(b.overview));
    const Size size_a = a.overview.size();
    const Size size_b = b.overview.size();
    Candidate best;
    std::vector<Affine> tried;
    for (const Hypothesis& hypothesis : hypotheses) {
        const bool known = std::any_of(tried.begin(), tried.end(), [&](const Affine& other) {
            return nearly_same(hypothesis.map, other, size_a, size_b);
        });
        if (known) continue;
        Candidate candidate = improve_roughly(pyramid_a, pyramid_b, hypothesis.map);
        // A small part may agree by chance, or because the pictures repeat themselves.
        candidate.fit *= candidate.fit * shares(candidate.map, size_a, size_b)[1];
        tried.push_back(candidate.map);
        if (candidate.fit > best.fit) best = candidate;
    }
    // Variants with text all over have 0.06 at least, all others far more.
    constexpr double least_fit = 0.03;
    if (best.fit < least_fit) return std::nullopt;
    best.map = compose(between(size_b, b.size), compose(best.map, between(a.size, size_a)));
    best.scale *= between(a.size, size_a).scale();
    return best;
}

/// What programs do to pictures moves them by whole pixels, turns them by quarters, or resizes one
/// to the whole of the other. Where such a map leaves no corner of what both show farther from
/// where `map` puts it than refinement can tell, it is taken for the true one.
Affine plain_edit(const Affine& map, const Polygon& common_a, Size a, Size b) noexcept {
    constexpr double least_tolerance = 0.5;
    constexpr double of_side = 1.0 / 2000.0;
    const double tolerance = std::max(least_tolerance, of_side * std::max(b.width, b.height));
    const auto as_good = [&](const Affine& other) {
        return std::all_of(common_a.begin(), common_a.end(), [&](Point corner) {
            const Point p = map(corner);
            const Point q = other(corner);
            return std::abs(p.x - q.x) <= tolerance && std::abs(p.y - q.y) <= tolerance;
        });
    };
    const Point middle{a.width / 2.0, a.height / 2.0};
    for (int i = 0; i < orientations; ++i) {
        const Affine turn = orientation_map(i);
        const Affine whole = compose(scaling(b.width, b.height),
                                     compose(turn, scaling(1.0 / a.width, 1.0 / a.height)));
        if (as_good(whole)) return whole;
        Affine moved{turn.a, turn.b, 0.0, turn.d, turn.e, 0.0};
        const Point from = moved(middle);
        const Point to = map(middle);
        moved.c = std::round(to.x - from.x);
        moved.f = std::round(to.y - from.y);
        if (as_good(moved)) return moved;
    }
    return map;
}

/// What is the same where `map` lays a over b, and where they lie.
void report_geometry(Registration& result, const PictureDescription& a, const PictureDescription& b,
                     const Affine& refined) {
    const auto common_in_a = [&](const Affine& map) {
        return clip(map_polygon(inverse(map), rectangle(0.0, 0.0, b.size.width, b.size.height)),
                    a.size.width, a.size.height);
    };
    const Affine map = plain_edit(refined, common_in_a(refined), a.size, b.size);
    const Polygon in_a = common_in_a(map);
    const Polygon in_b = map_polygon(map, in_a);
    result.transform = transform_of(map);
    result.overlap_a = to_rectangle(bounds(in_a));
    result.overlap_b = to_rectangle(bounds(in_b));
    result.covered_a = likeness::registration::area(in_a) / pixels(a.size);
    result.covered_b = likeness::registration::area(in_b) / pixels(b.size);
    result.content_covered_a = content_covered(a, map, b.size);
    result.content_covered_b = content_covered(b, inverse(map), a.size);
    result.detail_beyond_a = detail_beyond(a, map, b.size);
    result.detail_beyond_b = detail_beyond(b, inverse(map), a.size);
}

void report_agreement(Registration& result, const View& view) {
    const Agreement& agreement = view.agreement;
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
    result.blur = view.smoothings * agreement.blur;
    result.noise = agreement.noise;
    result.greyscale_a = agreement.grey_a;
    result.greyscale_b = agreement.grey_b;
}

/// Text needs all the detail there is: one letter is a few pixels.
constexpr double detail_area =
    static_cast<double>(PictureDetail::max_side) * PictureDetail::max_side;

bool are_photos(const PictureDescription& a, const PictureDescription& b) noexcept {
    return a.content == ContentKind::photo && b.content == ContentKind::photo;
}

/// By what the pictures show, or nothing where that fits nowhere.
Result<ViewPointer> align(const PictureDescription& a, const PictureDescription& b) {
    const std::optional<Candidate> found = find_transform(a, b);
    if (!found) return ViewPointer();
    const Candidate& rough = *found;
    const Source source_a{&a.detail, a.size};
    const Source source_b{&b.detail, b.size};
    const bool nearly_all = shares(rough.map, a.size, b.size)[0] >= nearly_whole;
    auto overlap =
        cut_overlap({nearly_all ? &a.overview : &a.detail, a.size},
                    {nearly_all ? &b.overview : &b.detail, b.size}, rough.map, overview_area);
    if (!overlap) return std::move(overlap).error();
    if (!overlap.value()) return ViewPointer();
    LumaPair luma{luma_of(overlap.value()->a), luma_of(overlap.value()->b)};
    const Refinement refined = improve_finely(*overlap.value(), rough, luma);
    if (!worth_judging(rough.fit, refined.fit)) return ViewPointer();
    const Affine map = overlap.value()->picture_map(refined.map);

    auto view = are_photos(a, b)
                    ? Result(std::make_unique<View>(*std::move(overlap).value(), std::move(luma),
                                                    refined.map, map, Look::equalised))
                    : view_at(source_a, source_b, map, detail_area);
    if (!view || !view.value()) return view;
    if (auto status = find_distance(source_a, source_b, view.value()); !status) {
        return std::move(status).error();
    }
    View& last = *view.value();
    if (is_doubtful(last.agreement) && leaves_corners(map)) {
        leave_out_fill(last.agreement, last.luma, last.overlap, last.map, fill_of(a.overview),
                       fill_of(b.overview));
    }
    return view;
}

/// Whether the same brightness lies at the same places of both in at least half of them, and some
/// of these places show something.
bool same_in_places(const PictureFrame& a, const PictureFrame& b) noexcept {
    constexpr float same = 1.0F;
    constexpr float step = 2.0F;
    constexpr int least_steps = 8;
    std::size_t places = 0;
    int steps = 0;
    for (std::size_t i = 1; i < a.levels.size(); ++i) {
        if (std::abs(a.levels[i] - b.levels[i]) > same) continue;
        ++places;
        if (std::abs(a.levels[i] - a.levels[i - 1]) > step) ++steps;
    }
    return 2 * places >= a.levels.size() && steps >= least_steps;
}

/// Pixel by pixel, as where something was laid over a picture and nothing else happened to it: it
/// may cover so much that what is left leads nowhere. Nothing unless some of it is exactly the
/// same.
Result<ViewPointer> align_untouched(const PictureDescription& a, const PictureDescription& b) {
    if (a.size != b.size || !same_in_places(a.frames[0], b.frames[0])) {
        return ViewPointer();
    }
    auto view = view_at({&a.detail, a.size}, {&b.detail, b.size}, Affine(),
                        are_photos(a, b) ? overview_area : detail_area, Look::as_is);
    if (view && view.value() && view.value()->agreement.noise > exact_noise) view.value().reset();
    return view;
}

Result<Registration> register_in_order(const PictureDescription& a, const PictureDescription& b) {
    Registration result;
    result.content_a = a.content;
    result.content_b = b.content;
    result.plain_distance = plain_distance(a, b);
    if (a.content == ContentKind::none || b.content == ContentKind::none) return result;

    auto aligned = align(a, b);
    if (aligned && (!aligned.value() || is_doubtful(aligned.value()->agreement))) {
        auto untouched = align_untouched(a, b);
        if (!untouched || untouched.value()) aligned = std::move(untouched);
    }
    if (!aligned) return std::move(aligned).error();
    if (!aligned.value()) return result;
    const View& view = *aligned.value();
    result.registered = true;
    report_geometry(result, a, b, view.picture_map);
    report_agreement(result, view);
    result.differences = differences_of(view.agreement, view.overlap.to_a, view.picture_map);
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
    std::swap(r.detail_beyond_a, r.detail_beyond_b);
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
