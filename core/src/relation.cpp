#include "likeness/relation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "likeness/perceptual_hash.hpp"
#include "luma.hpp"

namespace likeness {
namespace {

constexpr double cropped_correlation = 0.9;  ///< At least this for the best window.
constexpr double cropped_gain = 0.02;        ///< More than the full frame by at least this.

/// Part of a picture; all in units of its sides.
struct Window {
    double x = 0.0;
    double y = 0.0;
    double width = 1.0;
    double height = 1.0;
};

/// A luma, shrunk by a whole factor and softened, so that reading single points of it doesn't
/// alias.
class Plane {
public:
    Plane(const Luma& luma, std::size_t factor)
        : side_(luma_side / factor), values_(side_ * side_) {
        const auto area = static_cast<double>(factor * factor);
        std::vector<double> shrunk(side_ * side_);
        for (std::size_t y = 0; y < luma_side; ++y) {
            for (std::size_t x = 0; x < luma_side; ++x) {
                shrunk[y / factor * side_ + x / factor] += luma[y * luma_side + x] / area;
            }
        }
        // The binomial filter 1 2 1 both ways, edges repeated.
        std::vector<double> rows(side_ * side_);
        const auto before = [](std::size_t i) { return i == 0 ? i : i - 1; };
        const auto after = [this](std::size_t i) { return i + 1 == side_ ? i : i + 1; };
        for (std::size_t y = 0; y < side_; ++y) {
            const double* row = shrunk.data() + y * side_;
            for (std::size_t x = 0; x < side_; ++x) {
                rows[y * side_ + x] = (row[before(x)] + 2.0 * row[x] + row[after(x)]) / 4.0;
            }
        }
        for (std::size_t y = 0; y < side_; ++y) {
            const double* above = rows.data() + before(y) * side_;
            const double* row = rows.data() + y * side_;
            const double* below = rows.data() + after(y) * side_;
            for (std::size_t x = 0; x < side_; ++x) {
                values_[y * side_ + x] = (above[x] + 2.0 * row[x] + below[x]) / 4.0;
            }
        }
    }

    /// Where along one axis to read: between two neighbours.
    struct Tap {
        std::size_t first;
        std::size_t second;
        double share;  ///< Of the second.
    };

    /// The middles of `count` equal pieces of [begin, begin + length).
    template <std::size_t count>
    [[nodiscard]] std::array<Tap, count> taps(double begin, double length) const noexcept {
        std::array<Tap, count> result{};
        const auto last = static_cast<double>(side_ - 1);
        for (std::size_t i = 0; i < count; ++i) {
            const double middle = begin + (static_cast<double>(i) + 0.5) / count * length;
            const double position =
                std::clamp(middle * static_cast<double>(side_) - 0.5, 0.0, last);
            const auto first = static_cast<std::size_t>(position);
            result[i] = {first, std::min(first + 1, side_ - 1),
                         position - static_cast<double>(first)};
        }
        return result;
    }

    [[nodiscard]] const double* row(std::size_t y) const noexcept {
        return values_.data() + y * side_;
    }

private:
    std::size_t side_;
    std::vector<double> values_;
};

/// Calls use(i, value) for grid × grid samples of the window, by rows.
template <std::size_t grid, class Use>
void sample(const Plane& plane, const Window& window, Use use) noexcept {
    const auto columns = plane.taps<grid>(window.x, window.width);
    const auto rows = plane.taps<grid>(window.y, window.height);
    for (std::size_t y = 0; y < grid; ++y) {
        const double* upper = plane.row(rows[y].first);
        const double* lower = plane.row(rows[y].second);
        for (std::size_t x = 0; x < grid; ++x) {
            const auto [left, right, share] = columns[x];
            const double above = upper[left] + share * (upper[right] - upper[left]);
            const double below = lower[left] + share * (lower[right] - lower[left]);
            use(y * grid + x, above + rows[y].share * (below - above));
        }
    }
}

/// The sum of squared differences from the mean, below which samples count as uniform: a standard
/// deviation of a tenth of a level.
template <std::size_t grid>
constexpr double uniform_energy = 0.01 * grid* grid;

/// A whole picture as a vector of mean 0 and length 1, to correlate windows of another one with.
template <std::size_t grid>
class Target {
public:
    explicit Target(const Plane& plane) noexcept {
        double sum = 0.0;
        sample<grid>(plane, {}, [&](std::size_t i, double value) {
            values_[i] = value;
            sum += value;
        });
        const double mean = sum / (grid * grid);
        double energy = 0.0;
        for (double& value : values_) {
            value -= mean;
            energy += value * value;
        }
        const double scale = energy < uniform_energy<grid> ? 0.0 : 1.0 / std::sqrt(energy);
        for (double& value : values_) value *= scale;
    }

    /// Pearson's correlation; 0 where one of the two is uniform.
    [[nodiscard]] double correlate(const Plane& plane, const Window& window) const noexcept {
        // Middle grey is taken off first: it changes nothing but the rounding.
        constexpr double middle = 128.0;
        double sum = 0.0;
        double squares = 0.0;
        double products = 0.0;
        sample<grid>(plane, window, [&](std::size_t i, double value) {
            const double centred = value - middle;
            sum += centred;
            squares += centred * centred;
            products += centred * values_[i];
        });
        const double energy = squares - sum * sum / (grid * grid);
        if (energy < uniform_energy<grid>) return 0.0;
        return std::clamp(products / std::sqrt(energy), -1.0, 1.0);
    }

private:
    std::array<double, grid * grid> values_{};
};

/// One picture, ready for the search.
struct Searchable {
    explicit Searchable(const Luma& luma)
        : coarse(luma, 2), fine(luma, 1), coarse_target(coarse), fine_target(fine) {}

    Plane coarse;
    Plane fine;
    Target<12> coarse_target;
    Target<24> fine_target;
};

/// Windows whose sides are as 1 to `ratio` parts of the picture's; the longer one is `scale`.
struct Shape {
    double ratio;  ///< Of a window's width to its height, both in units of the picture's sides.

    [[nodiscard]] Window centred_at(double x, double y, double scale) const noexcept {
        const double width = ratio < 1.0 ? scale * ratio : scale;
        const double height = ratio < 1.0 ? scale : scale / ratio;
        return {std::clamp(x - width / 2.0, 0.0, 1.0 - width),
                std::clamp(y - height / 2.0, 0.0, 1.0 - height), width, height};
    }
};

constexpr double smallest_side = 0.68;  ///< A little below 0.7, for sizes are whole pixels.
constexpr double largest_shorter_side = 0.985;

bool allowed(const Window& window) noexcept {
    const auto [shorter, longer] = std::minmax(window.width, window.height);
    return shorter >= smallest_side && shorter <= largest_shorter_side && longer <= 1.0;
}

struct Match {
    double correlation;
    Window window;
    double scale;
};

/// The best of a grid of windows.
Match search_coarsely(const Plane& whole, const Target<12>& part, const Shape& shape) noexcept {
    constexpr double step = 0.03;
    constexpr int scales = 11;  // 1.00, 0.97 … 0.70.

    Match best{-1.0, {}, 1.0};
    for (int i = 0; i < scales; ++i) {
        const double scale = 1.0 - i * step;
        const Window first = shape.centred_at(0.0, 0.0, scale);
        if (!allowed(first)) continue;
        const double slack_x = 1.0 - first.width;
        const double slack_y = 1.0 - first.height;
        const int columns = static_cast<int>(slack_x / step) + 1;
        const int rows = static_cast<int>(slack_y / step) + 1;
        for (int row = 0; row <= rows; ++row) {
            for (int column = 0; column <= columns; ++column) {
                const Window window{slack_x * column / columns, slack_y * row / rows, first.width,
                                    first.height};
                const double correlation = part.correlate(whole, window);
                if (correlation > best.correlation) best = {correlation, window, scale};
            }
        }
    }
    return best;
}

/// Climbs from a window to a better neighbour until there is none at the finest step.
double refine(const Plane& whole, const Target<24>& part, const Shape& shape,
              const Match& start) noexcept {
    constexpr double first_step = 0.015;
    constexpr int halvings = 3;
    constexpr int most_climbs = 12;
    constexpr std::array<std::array<int, 3>, 6> neighbours{
        {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}};

    Match best{part.correlate(whole, start.window), start.window, start.scale};
    double step = first_step;
    for (int halving = 0, climbs = 0; halving < halvings && climbs < most_climbs; ++climbs) {
        const Match from = best;
        const double x = from.window.x + from.window.width / 2.0;
        const double y = from.window.y + from.window.height / 2.0;
        for (const auto& [dx, dy, dscale] : neighbours) {
            const double scale = from.scale + dscale * step;
            const Window window = shape.centred_at(x + dx * step, y + dy * step, scale);
            if (!allowed(window)) continue;
            const double correlation = part.correlate(whole, window);
            if (correlation > best.correlation) best = {correlation, window, scale};
        }
        if (best.correlation > from.correlation) continue;
        step /= 2.0;
        ++halving;
    }
    return best.correlation;
}

double aspect(Size size) noexcept { return static_cast<double>(size.width) / size.height; }

/// The largest correlation of `part` and a window of `whole`, or -1 where their aspect ratios allow
/// no window.
double find_window(const Searchable& whole, double whole_aspect, const Searchable& part,
                   double part_aspect) noexcept {
    const Shape shape{part_aspect / whole_aspect};
    const Match coarse = search_coarsely(whole.coarse, part.coarse_target, shape);
    if (coarse.correlation <= 0.0) return -1.0;
    return refine(whole.fine, part.fine_target, shape, coarse);
}

Status check(const Fingerprint& fingerprint) {
    if (fingerprint.size.width < 1 || fingerprint.size.height < 1) {
        return Error{ErrorCode::invalid_argument,
                     "a fingerprint's picture has sides of at least 1"};
    }
    if (auto status = check_luma(fingerprint.luma); !status) return status;
    return check_luma(fingerprint.full_luma);
}

/// A picture's lumas: without borders, and with them where there are any.
using Lumas = std::vector<Luma>;

Lumas oriented_lumas(const Fingerprint& fingerprint, Orientation orientation) {
    Lumas lumas{orient_luma(fingerprint.luma, orientation)};
    if (fingerprint.luma != fingerprint.full_luma) {
        lumas.push_back(orient_luma(fingerprint.full_luma, orientation));
    }
    return lumas;
}

std::vector<PerceptualHash> hash_all(const Lumas& lumas) {
    std::vector<PerceptualHash> hashes;
    // Lumas have the right size by their type.
    for (const Luma& luma : lumas) hashes.push_back(perceptual_hash(luma).value());
    return hashes;
}

int sum(const OrientationDistance& distance) noexcept { return distance.dct + distance.gradient; }

OrientationDistance measure(const std::vector<PerceptualHash>& ours, const Fingerprint& b,
                            Orientation orientation) {
    OrientationDistance closest{orientation, 64, 64};
    const auto theirs = hash_all(oriented_lumas(b, orientation));
    for (const PerceptualHash& x : ours) {
        for (const PerceptualHash& y : theirs) {
            const OrientationDistance distance{orientation, hamming_distance(x.dct, y.dct),
                                               hamming_distance(x.gradient, y.gradient)};
            if (sum(distance) < sum(closest)) closest = distance;
        }
    }
    return closest;
}

struct Correlations {
    double full;
    double window;  ///< At least `full`.

    [[nodiscard]] bool cropped() const noexcept {
        return window >= cropped_correlation && window >= full + cropped_gain &&
               1.0 - window <= (1.0 - full) / 2.0;
    }
};

Correlations correlate(const Fingerprint& a, const Fingerprint& b, Orientation orientation) {
    const Lumas ours = oriented_lumas(a, Orientation::top_left);
    const Lumas theirs = oriented_lumas(b, orientation);
    double full = -1.0;
    for (const Luma& x : ours) {
        const Target<24> target(Plane(x, 1));
        for (const Luma& y : theirs) full = std::max(full, target.correlate(Plane(y, 1), {}));
    }

    const double our_aspect = aspect(a.size);
    const double their_aspect = swaps_axes(orientation) ? 1.0 / aspect(b.size) : aspect(b.size);
    const Searchable our_frame(ours.back());
    const Searchable their_frame(theirs.back());
    const double window = std::max(find_window(our_frame, our_aspect, their_frame, their_aspect),
                                   find_window(their_frame, their_aspect, our_frame, our_aspect));
    return {full, std::max(full, window)};
}

}  // namespace

Turn undone_turn(Orientation orientation) noexcept {
    switch (orientation) {
        case Orientation::top_left:
            return {false, 0};
        case Orientation::top_right:
            return {true, 0};
        case Orientation::bottom_right:
            return {false, 180};
        case Orientation::bottom_left:
            return {true, 180};
        case Orientation::left_top:
            return {true, 270};
        case Orientation::right_top:
            return {false, 270};
        case Orientation::right_bottom:
            return {true, 90};
        case Orientation::left_bottom:
            return {false, 90};
    }
    std::abort();
}

Result<RelationEvidence> compare_fingerprints(const Fingerprint& a, const Fingerprint& b,
                                              std::span<const Orientation> candidates) {
    if (candidates.empty()) {
        return Error{ErrorCode::invalid_argument, "no orientation to compare the pictures in"};
    }
    for (const Fingerprint* fingerprint : {&a, &b}) {
        if (auto status = check(*fingerprint); !status) return std::move(status).error();
    }

    RelationEvidence evidence;
    evidence.same_pixels = a.size == b.size && a.digest == b.digest;
    evidence.greyscale = a.greyscale != b.greyscale;

    const auto hashes = hash_all(oriented_lumas(a, Orientation::top_left));
    for (const Orientation candidate : candidates) {
        evidence.candidates.push_back(measure(hashes, b, candidate));
        if (sum(evidence.candidates.back()) < sum(evidence.best())) {
            evidence.best_candidate = evidence.candidates.size() - 1;
        }
    }

    Correlations correlations = correlate(a, b, evidence.best().orientation);
    if (evidence.best_candidate != 0 && correlations.window < cropped_correlation) {
        // Hashes of a picture and a small window of it may be as far apart as those of strangers.
        const Correlations first = correlate(a, b, candidates.front());
        if (first.cropped()) {
            correlations = first;
            evidence.best_candidate = 0;
        }
    }
    evidence.full_correlation = correlations.full;
    evidence.window_correlation = correlations.window;
    evidence.cropped = correlations.cropped();
    return evidence;
}

double agreement(double correlation) noexcept {
    return 1.0 - std::sqrt(std::sqrt(1.0 - std::clamp(correlation, 0.0, 1.0)));
}

double near_duplicate_margin(const NearDuplicateRule& rule, double cosine_similarity,
                             const RelationEvidence& evidence) noexcept {
    constexpr double hash_bits = 64.0;
    const OrientationDistance& best = evidence.best();
    const double correlation = std::max(evidence.full_correlation, evidence.window_correlation);
    return rule.bias + rule.cosine * cosine_similarity - rule.dct * best.dct / hash_bits -
           rule.gradient * best.gradient / hash_bits + rule.agreement * agreement(correlation);
}

}  // namespace likeness
