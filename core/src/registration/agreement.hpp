/// @file
/// Judges, tile by tile, whether two pictures that lie on each other show the same.
#pragma once

#include <vector>

#include "geometry.hpp"
#include "overlap.hpp"
#include "plane.hpp"
#include "tiles.hpp"
#include "tone.hpp"

namespace likeness::registration {

/// The share of telling tiles of either picture that agree in a copy, at least.
inline constexpr double copy_agreement = 0.96;

/// Of a typical tile, what noise leaves open at most where pictures are exactly the same.
inline constexpr double exact_noise = 0.002;

/// How pictures are compared.
enum class Look {
    equalised,  ///< Brought to one brightness and sharpness first.
    as_is,      ///< Pixel by pixel: nothing but smoothing both alike.
};

/// What a tile of the overlap says. Variances are in squared levels of the picture with more
/// contrast.
struct JudgedTile {
    Tile tile;
    double mean_a = 0.0;  ///< Brightness, in levels of 0 to 255.
    double mean_b = 0.0;
    double contrast = 0.0;   ///< The variance of the picture that has more of it here.
    double corners_a = 0.0;  ///< The smaller eigenvalue of the gradients' second moments of a,
    double corners_b = 0.0;  ///< and of b, likewise.
    double residual = 0.0;   ///< The variance of what one leaves open of the other.
    double shift = 0.0;      ///< How far the mean brightness lies apart, in levels.
    bool same_colour = true;
    bool repainted = false;  ///< Uniform in both, but of a brightness that no clipping explains: a
                             ///< patch over plain ground, which follows from it as white does.
    bool detailed = false;   ///< One of the pictures shows something here.
    bool telling_a =
        false;  ///< a shows more than an edge or a line, which one could find anywhere.
    bool telling_b = false;  ///< b does.
    double excess = 0.0;  ///< How far the tile lies beyond what the pair's noise explains: over 1
                          ///< it shows something else.

    [[nodiscard]] bool agrees() const noexcept { return excess <= 1.0; }
};

struct Share {
    int all = 0;
    int agreeing = 0;

    [[nodiscard]] double value() const noexcept {
        return all > 0 ? static_cast<double>(agreeing) / all : 0.0;
    }
};

struct Agreement {
    std::vector<JudgedTile> tiles;
    double gain = 1.0;  ///< b ≈ gain · a + offset where the pictures agree.
    double offset = 0.0;
    ToneCurve curve;     ///< From brightness of a to that of b.
    int blur = 0;        ///< Smoothings of a (positive) or b (negative) that make them alike.
    double noise = 0.0;  ///< Of a typical detailed tile's variance, what is left open.
    bool grey_a = false;
    bool grey_b = false;

    /// The tiles in which a picture is telling, and those of them that agree.
    [[nodiscard]] Share share_of(bool JudgedTile::*telling) const noexcept;
};

/// `map` from pixels of overlap.a to those of overlap.b, whose brightness is `luma`.
[[nodiscard]] Agreement judge(const Overlap& overlap, const LumaPair& luma, const Affine& map,
                              Look look);

}  // namespace likeness::registration
