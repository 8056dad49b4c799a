#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "likeness/copy.hpp"

namespace likeness {
namespace {

/// Shares of an area that count as all of it: refinement leaves a pixel or two.
constexpr double whole = 0.985;

/// Of what lies beyond the part in common, the share of pixels that aren't of its one brightness: a
/// border has few, those of a line of text or two.
constexpr double least_detail_beyond = 0.1;

constexpr double least_resizing = 0.01;
constexpr double upright_cosine = 0.99999;  ///< A quarter of a degree.
constexpr double least_gain = 0.05;
constexpr double least_offset = 6.0;
constexpr double least_blur = 2.0;

Rectangle around(const Rectangle& p, const Rectangle& q) noexcept {
    const double left = std::min(p.x, q.x);
    const double top = std::min(p.y, q.y);
    return {left, top, std::max(p.x + p.width, q.x + q.width) - left,
            std::max(p.y + p.height, q.y + q.height) - top};
}

/// Whether both lie on one line of text, hardly farther apart than it's high: digits of a number
/// with others between them that stayed.
bool in_one_word(const Rectangle& p, const Rectangle& q, double longer_side) noexcept {
    constexpr double highest_line = 1.0 / 16.0;
    constexpr double widest_gap = 1.25;
    const double height = std::max(p.height, q.height);
    const double gap = std::max(p.x, q.x) - std::min(p.x + p.width, q.x + q.width);
    const bool side_by_side = std::max(p.y, q.y) < std::min(p.y + p.height, q.y + q.height);
    return side_by_side && gap <= widest_gap * height && height <= highest_line * longer_side;
}

/// Differences, with those in one word as one.
std::vector<Difference> join_words(std::vector<Difference> places, double longer_side) {
    for (std::size_t i = 0; i < places.size();) {
        const auto other = std::find_if(
            places.begin() + static_cast<std::ptrdiff_t>(i) + 1, places.end(),
            [&](const Difference& q) { return in_one_word(places[i].a, q.a, longer_side); });
        if (other == places.end()) {
            ++i;
            continue;
        }
        Difference& word = places[i];
        word = {around(word.a, other->a), around(word.b, other->b),
                word.detail_a || other->detail_a, word.detail_b || other->detail_b};
        places.erase(other);
    }
    return places;
}

class Collector {
public:
    explicit Collector(const Registration& registration) : r_(registration) {}

    void add_if(bool happened, ChangeKind kind, double amount) {
        if (happened) changes_.push_back({kind, amount, r_.overlap_a, r_.overlap_b});
    }

    void add_place(const Difference& place) {
        const ChangeKind kind = !place.detail_a   ? ChangeKind::added
                                : !place.detail_b ? ChangeKind::removed
                                                  : ChangeKind::replaced;
        changes_.push_back({kind, 0.0, place.a, place.b});
    }

    [[nodiscard]] std::vector<Change> take() && { return std::move(changes_); }

private:
    const Registration& r_;
    std::vector<Change> changes_;
};

}  // namespace

std::string_view to_string(ChangeKind kind) noexcept {
    switch (kind) {
        case ChangeKind::re_encoded:
            return "re-encoded";
        case ChangeKind::resized:
            return "resized";
        case ChangeKind::cropped:
            return "cropped";
        case ChangeKind::uncropped:
            return "uncropped";
        case ChangeKind::bordered:
            return "bordered";
        case ChangeKind::unbordered:
            return "unbordered";
        case ChangeKind::turned:
            return "turned";
        case ChangeKind::mirrored:
            return "mirrored";
        case ChangeKind::greyscale:
            return "greyscale";
        case ChangeKind::coloured:
            return "coloured";
        case ChangeKind::exposed:
            return "exposed";
        case ChangeKind::blurred:
            return "blurred";
        case ChangeKind::sharpened:
            return "sharpened";
        case ChangeKind::added:
            return "added";
        case ChangeKind::removed:
            return "removed";
        case ChangeKind::replaced:
            return "replaced";
        case ChangeKind::reanimated:
            return "reanimated";
    }
    std::abort();
}

std::vector<Change> changes_of(const Registration& r) {
    if (!r.registered || copy_kind(r, false) == CopyKind::none) return {};
    Collector changes(r);
    const PictureTransform& t = r.transform;
    changes.add_if(std::abs(t.scale - 1.0) > least_resizing, ChangeKind::resized, t.scale);
    const bool part_of_a = r.covered_a < whole;
    const bool part_of_b = r.covered_b < whole;
    const bool detail_beyond_a = r.detail_beyond_a >= least_detail_beyond;
    const bool detail_beyond_b = r.detail_beyond_b >= least_detail_beyond;
    changes.add_if(part_of_a && detail_beyond_a, ChangeKind::cropped, r.covered_a);
    changes.add_if(part_of_b && detail_beyond_b, ChangeKind::uncropped, r.covered_b);
    changes.add_if(part_of_b && !detail_beyond_b, ChangeKind::bordered, r.covered_b);
    changes.add_if(part_of_a && !detail_beyond_a, ChangeKind::unbordered, r.covered_a);
    changes.add_if(t.cosine < upright_cosine, ChangeKind::turned, t.cosine);
    changes.add_if(t.mirrored, ChangeKind::mirrored, 0.0);
    changes.add_if(r.greyscale_b && !r.greyscale_a, ChangeKind::greyscale, 0.0);
    changes.add_if(r.greyscale_a && !r.greyscale_b, ChangeKind::coloured, 0.0);
    // At middle grey.
    constexpr double middle = 128.0;
    const double shift = (r.exposure.gain - 1.0) * middle + r.exposure.offset;
    changes.add_if(std::abs(r.exposure.gain - 1.0) > least_gain || std::abs(shift) > least_offset,
                   ChangeKind::exposed, r.exposure.gain);
    changes.add_if(r.blur >= least_blur, ChangeKind::blurred, r.blur);
    changes.add_if(r.blur <= -least_blur, ChangeKind::sharpened, -r.blur);
    const double longer_side = std::max(r.overlap_a.width, r.overlap_a.height);
    for (const Difference& place : join_words(r.differences, longer_side)) {
        changes.add_place(place);
    }
    auto found = std::move(changes).take();
    if (found.empty()) found.push_back({ChangeKind::re_encoded, 0.0, r.overlap_a, r.overlap_b});
    return found;
}

}  // namespace likeness
