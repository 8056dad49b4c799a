#include "fill.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace likeness::registration {
namespace {

constexpr int tolerance = 10;      ///< Between pixels of one colour, in each channel.
constexpr float mismatch = 32.0F;  ///< Between pixels that show something else, in levels.

bool same_colour(const std::uint8_t* p, const std::uint8_t* q) noexcept {
    for (int i = 0; i < 3; ++i) {
        if (std::abs(p[i] - q[i]) > tolerance) return false;
    }
    return true;
}

/// Sets `filled` to 1 wherever open(x, y) holds and that is joined to one of the seeds.
template <class Open>
void flood(Plane& filled, std::vector<std::array<int, 2>> seeds, Open open) {
    while (!seeds.empty()) {
        const auto [x, y] = seeds.back();
        seeds.pop_back();
        if (x < 0 || y < 0 || x >= filled.width() || y >= filled.height()) continue;
        if (filled.row(y)[x] != 0.0F || !open(x, y)) continue;
        filled.row(y)[x] = 1.0F;
        seeds.insert(seeds.end(), {{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}});
    }
}

std::vector<std::array<int, 2>> edge_of(Size size) {
    std::vector<std::array<int, 2>> edge;
    for (int x = 0; x < size.width; ++x) {
        edge.push_back({x, 0});
        edge.push_back({x, size.height - 1});
    }
    for (int y = 0; y < size.height; ++y) {
        edge.push_back({0, y});
        edge.push_back({size.width - 1, y});
    }
    return edge;
}

/// Whether the picture is filled at a point, in pixels of the overlap's half.
class Lookup {
public:
    /// `from_overlap` maps pixels of the overlap to those of the picture, which has `size`.
    Lookup(const Plane& fill, const Affine& from_overlap, Size size)
        : fill_(fill),
          map_(compose(scaling(static_cast<double>(fill.width()) / size.width,
                               static_cast<double>(fill.height()) / size.height),
                       from_overlap)) {}

    [[nodiscard]] bool operator()(Point p) const noexcept {
        const Point q = map_(p);
        const int x = std::clamp(static_cast<int>(q.x), 0, fill_.width() - 1);
        const int y = std::clamp(static_cast<int>(q.y), 0, fill_.height() - 1);
        return fill_.row(y)[x] != 0.0F;
    }

private:
    const Plane& fill_;
    Affine map_;
};

}  // namespace

Plane fill_of(const Image& picture) {
    const int right = picture.width() - 1;
    const int bottom = picture.height() - 1;
    const std::array<std::array<int, 2>, 4> corners{
        {{0, 0}, {right, 0}, {0, bottom}, {right, bottom}}};
    const auto pixel = [&](int x, int y) {
        return picture.pixels().data() +
               3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width()) +
                    static_cast<std::size_t>(x));
    };
    Plane filled = blank_plane(picture.size());
    for (const auto& [x, y] : corners) {
        const std::uint8_t* colour = pixel(x, y);
        std::vector<std::array<int, 2>> alike;
        for (const auto& [u, v] : corners) {
            if (same_colour(colour, pixel(u, v))) alike.push_back({u, v});
        }
        if (alike.size() < 3) continue;
        flood(filled, alike, [&](int u, int v) { return same_colour(colour, pixel(u, v)); });
        return filled;
    }
    return filled;
}

void leave_out_fill(Agreement& agreement, const LumaPair& luma, const Overlap& overlap,
                    const Affine& map, const Plane& fill_a, const Plane& fill_b) {
    constexpr int shrunk = 4;
    const Plane a = halve(halve(luma[0]));
    const Affine small = compose(scaling(0.25, 0.25), compose(map, scaling(shrunk, shrunk)));
    const Plane b = warp(halve(halve(luma[1])), small, a.size());
    const Lookup filled_a(fill_a, overlap.to_a, overlap.size_a);
    const Lookup filled_b(fill_b, overlap.to_b, overlap.size_b);
    Plane filled = blank_plane(a.size());
    flood(filled, edge_of(a.size()), [&](int x, int y) {
        const Point p{(x + 0.5) * shrunk, (y + 0.5) * shrunk};
        if (!filled_a(p) && !filled_b(map(p))) return false;
        return std::abs(agreement.curve(a.row(y)[x]) - b.row(y)[x]) > mismatch;
    });
    const auto touched = [&](const JudgedTile& t) {
        // One pixel around the tile belongs to the fill's soft edge.
        constexpr int side = tile_side / shrunk;
        const int left = t.tile.x / shrunk - 1;
        const int top = t.tile.y / shrunk - 1;
        for (int y = std::max(top, 0); y < std::min(top + side + 2, filled.height()); ++y) {
            for (int x = std::max(left, 0); x < std::min(left + side + 2, filled.width()); ++x) {
                if (filled.row(y)[x] != 0.0F) return true;
            }
        }
        return false;
    };
    std::erase_if(agreement.tiles, touched);
}

}  // namespace likeness::registration
