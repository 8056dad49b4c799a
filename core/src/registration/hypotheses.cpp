#include "hypotheses.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace likeness::registration {
namespace {

/// How far the scales may lie apart, either way.
constexpr double largest_scale = 8.0;

/// Fewer matches prove nothing.
constexpr int least_support = 5;

constexpr std::size_t most_hypotheses = 2;

double squared(Point p, Point q) noexcept {
    return (p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y);
}

/// Whether the surroundings of two matches were turned and scaled alike, within 45° and a factor of
/// 3/2.
bool turned_alike(const Affine& p, const Affine& q) noexcept {
    const Point s = nearest_similarity(p);
    const Point t = nearest_similarity(q);
    const double energy_s = s.x * s.x + s.y * s.y;
    const double energy_t = t.x * t.x + t.y * t.y;
    constexpr double most = 1.5 * 1.5;
    if (energy_s > most * energy_t || energy_t > most * energy_s) return false;
    const double dot = s.x * t.x + s.y * t.y;
    return dot > 0.0 && 2.0 * dot * dot > energy_s * energy_t;
}

std::vector<Correspondence> within(std::span<const Match> matches, const Affine& map,
                                   double distance) {
    std::vector<Correspondence> kept;
    for (const Match& match : matches) {
        if (squared(map(match.points.from), match.points.to) <= distance * distance) {
            kept.push_back(match.points);
        }
    }
    return kept;
}

/// Fitted again to what agrees, ever more closely.
Hypothesis tighten(std::span<const Match> matches, Affine map, bool mirrored) {
    std::size_t support = 0;
    for (const double distance : {16.0, 8.0, 5.0, 4.0, 4.0}) {
        const auto kept = within(matches, map, distance);
        support = kept.size();
        map = fit_similarity(kept, mirrored, map);
    }
    return {map, static_cast<int>(support)};
}

bool scale_allowed(const Affine& map) noexcept {
    const double scale = map.scale();
    return scale >= 1.0 / largest_scale && scale <= largest_scale;
}

/// Adds what the matches agree with, those of most support first and of equal ones the earlier.
/// Every match is tried as a seed: there are so few that nothing has to be drawn by lot, as in
/// RANSAC (M. Fischler and R. Bolles, CACM 24/6 (1981)).
void add_hypotheses(std::vector<Hypothesis>& hypotheses, std::vector<Match> matches,
                    bool mirrored) {
    for (std::size_t round = 0; round < most_hypotheses; ++round) {
        const Match* best = nullptr;
        int most = least_support - 1;
        for (const Match& seed : matches) {
            const auto votes =
                std::count_if(matches.begin(), matches.end(),
                              [&seed](const Match& match) { return agrees(seed, match); });
            if (votes > most) {
                most = static_cast<int>(votes);
                best = &seed;
            }
        }
        if (best == nullptr) return;
        const Match seed = *best;
        std::vector<Correspondence> voters;
        for (const Match& match : matches) {
            if (agrees(seed, match)) voters.push_back(match.points);
        }
        const Affine rough = fit_similarity(voters, mirrored, seed.map);
        const Hypothesis hypothesis = tighten(matches, rough, mirrored);
        if (hypothesis.support >= least_support && scale_allowed(hypothesis.map)) {
            const auto weaker =
                std::find_if(hypotheses.begin(), hypotheses.end(),
                             [&](const auto& other) { return other.support < hypothesis.support; });
            hypotheses.insert(weaker, hypothesis);
        }
        std::erase_if(matches, [&seed](const Match& match) { return agrees(seed, match); });
    }
}

/// How many lines from an edge inwards are of one brightness. line(i) calls use(value) for all
/// pixels of the i-th.
template <class Line>
int uniform_lines(int most, Line line) {
    constexpr float tolerance = 10.0F;
    float low = 255.0F;
    float high = 0.0F;
    for (int i = 0; i < most; ++i) {
        line(i, [&](float value) {
            low = std::min(low, value);
            high = std::max(high, value);
        });
        if (high - low > tolerance) return i;
    }
    return most;
}

Box content_box(const Plane& luma) {
    const int width = luma.width();
    const int height = luma.height();
    const auto along_row = [&](int y, const auto& use) {
        for (int x = 0; x < width; ++x) use(luma.row(y)[x]);
    };
    const auto along_column = [&](int x, const auto& use) {
        for (int y = 0; y < height; ++y) use(luma.row(y)[x]);
    };
    const int left = uniform_lines(width, along_column);
    const int top = uniform_lines(height, along_row);
    if (left == width || top == height) {
        return {0.0, 0.0, static_cast<double>(width), static_cast<double>(height)};
    }
    const int right =
        uniform_lines(width, [&](int x, const auto& use) { along_column(width - 1 - x, use); });
    const int bottom =
        uniform_lines(height, [&](int y, const auto& use) { along_row(height - 1 - y, use); });
    return {static_cast<double>(left), static_cast<double>(top), static_cast<double>(width - right),
            static_cast<double>(height - bottom)};
}

constexpr int side = PictureFrame::side;

std::size_t place(int x, int y) noexcept {
    return static_cast<std::size_t>(y) * side + static_cast<std::size_t>(x);
}

/// The box in `side` × `side` pixels, by means over a grid of 3 × 3 points for each.
PictureFrame frame_of(const Plane& soft, const Box& box) {
    constexpr int points = 3;
    constexpr int fine = side * points;
    PictureFrame frame{{box.left, box.top, box.right - box.left, box.bottom - box.top}};
    const Affine to_box = compose(translation(box.left, box.top),
                                  scaling(frame.box.width / fine, frame.box.height / fine));
    const Plane read = warp(soft, to_box, {fine, fine});
    for (int y = 0; y < fine; ++y) {
        for (int x = 0; x < fine; ++x) {
            frame.levels[place(x / points, y / points)] += read.row(y)[x] / (points * points);
        }
    }
    return frame;
}

/// Pearson's correlation of a and b read through the orientation; 0 where one of them is uniform.
double correlate(const PictureFrame& a, const PictureFrame& b, const Affine& orientation) noexcept {
    constexpr double count = side * side;
    double sum_a = 0.0;
    double sum_b = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    double ab = 0.0;
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            const Point p = orientation({(x + 0.5) / side, (y + 0.5) / side});
            const double u = a.levels[place(x, y)] - 128.0;
            const double v =
                b.levels[place(static_cast<int>(p.x * side), static_cast<int>(p.y * side))] - 128.0;
            sum_a += u;
            sum_b += v;
            aa += u * u;
            bb += v * v;
            ab += u * v;
        }
    }
    aa -= sum_a * sum_a / count;
    bb -= sum_b * sum_b / count;
    ab -= sum_a * sum_b / count;
    constexpr double uniform = 0.01 * count;
    return aa < uniform || bb < uniform ? 0.0 : ab / std::sqrt(aa * bb);
}

Affine from_unit(const Rectangle& box) noexcept {
    return compose(translation(box.x, box.y), scaling(box.width, box.height));
}

}  // namespace

bool agrees(const Match& seed, const Match& match) noexcept {
    constexpr double nearby = 6.0;
    constexpr double growth = 0.25;
    const double error = squared(seed.map(match.points.from), match.points.to);
    const double distance = squared(seed.points.to, match.points.to);
    return error <= nearby * nearby + growth * growth * distance &&
           turned_alike(seed.map, match.map);
}

std::vector<Hypothesis> from_features(const PictureFeatures& a, const PictureFeatures& b) {
    std::vector<Hypothesis> hypotheses;
    for (const bool mirrored : {false, true}) {
        add_hypotheses(hypotheses, match_features(a, b, mirrored), mirrored);
    }
    if (hypotheses.size() > most_hypotheses) hypotheses.resize(most_hypotheses);
    return hypotheses;
}

Affine orientation_map(int index) noexcept {
    constexpr std::array<Affine, 4> turns{{{1.0, 0.0, 0.0, 0.0, 1.0, 0.0},
                                           {0.0, -1.0, 1.0, 1.0, 0.0, 0.0},
                                           {-1.0, 0.0, 1.0, 0.0, -1.0, 1.0},
                                           {0.0, 1.0, 0.0, -1.0, 0.0, 1.0}}};
    constexpr Affine mirror{-1.0, 0.0, 1.0, 0.0, 1.0, 0.0};
    const Affine& turn = turns[static_cast<std::size_t>(index % 4)];
    return index < 4 ? turn : compose(turn, mirror);
}

Frames frames_of(const Plane& luma) {
    const Box whole{0.0, 0.0, static_cast<double>(luma.width()),
                    static_cast<double>(luma.height())};
    const Box content = content_box(luma);
    const Plane soft = smooth(luma);
    return {frame_of(soft, whole), frame_of(soft, content)};
}

std::optional<Hypothesis> from_frames(const Frames& a, const Frames& b) {
    constexpr double least_correlation = 0.3;
    constexpr double most_stretch = 1.15;
    double best = least_correlation;
    std::optional<Hypothesis> hypothesis;
    for (const PictureFrame& frame_a : a) {
        for (const PictureFrame& frame_b : b) {
            for (int i = 0; i < orientations; ++i) {
                const Affine orientation = orientation_map(i);
                const Affine map = compose(from_unit(frame_b.box),
                                           compose(orientation, inverse(from_unit(frame_a.box))));
                if (stretch(map) > most_stretch) continue;
                const double correlation = correlate(frame_a, frame_b, orientation);
                if (correlation <= best) continue;
                best = correlation;
                hypothesis = Hypothesis{map, 0};
            }
        }
    }
    return hypothesis;
}

}  // namespace likeness::registration
