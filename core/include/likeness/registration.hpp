/// @file
/// Lays one picture over another and says how much of what both show agrees, and where it doesn't.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"

namespace likeness {

/// A corner of a picture and what surrounds it: a binary descriptor in the manner of ORB (Rublee et
/// al., "ORB: an efficient alternative to SIFT or SURF", ICCV 2011).
struct FeaturePoint {
    /// Comparisons of pairs of pixels around the corner, turned into the corner's direction. Words
    /// 2 and 3 hold the comparisons of words 0 and 1 mirrored about the direction: a descriptor of
    /// the mirrored picture is this one with its halves swapped.
    std::array<std::uint64_t, 4> descriptor;

    std::uint16_t x;          ///< From the left edge, in 1/32 pixel of PictureFeatures::size.
    std::uint16_t y;          ///< From the top edge, likewise.
    std::int8_t direction_x;  ///< A vector of length 127, from the corner to the centre of mass of
    std::int8_t direction_y;  ///< the brightness around it.
    std::uint8_t
        octave_part;  ///< The corner was found at (4/5)^octave_part of PictureFeatures::size.
};

/// What is worth remembering of a picture: at most `max_points` points of 40 bytes.
struct PictureFeatures {
    static constexpr int max_points = 400;

    Size size;  ///< Of the picture in which the points lie.
    std::vector<FeaturePoint> points;
};

/// A rectangle with sides that aren't whole pixels; (x, y) is its top left corner.
struct Rectangle {
    double x = 0.0;
    double y = 0.0;
    double width = 0.0;
    double height = 0.0;
};

/// A picture, or the part of it within its borders, at a glance.
struct PictureFrame {
    static constexpr int side = 32;

    Rectangle box;  ///< In pixels of PictureDescription::overview.
    std::array<float, static_cast<std::size_t>(side) * side> levels{};  ///< Brightness, 0 to 255.
};

/// How much there is in a picture that another one could agree with.
enum class ContentKind {
    none,     ///< Plain, a gradient or nearly blank: there is nothing to register.
    little,   ///< A few details: a small icon, one line of text.
    drawing,  ///< Flat grounds and sharp edges: text, charts, codes, screens.
    photo,    ///< Everything else.
};

/// All of a picture that is compared with another one's: enough for text on a page.
struct PictureDetail {
    /// The longest side that `pixels` may have.
    static constexpr int max_side = 1024;

    Size size;     ///< Of the picture itself.
    Image pixels;  ///< RGB, of size_for(size).

    /// The size to which a picture is resized: no side longer than max_side, and the area of an
    /// overview at least, so that a small picture is enlarged. `size` is at least 1 × 1.
    [[nodiscard]] static Size size_for(Size size) noexcept;

    /// Of a picture that is all there; transparent pixels are composited on `background`.
    /// `out-of-memory`.
    static Result<PictureDetail> of(const ImageView& image, Rgb background = {255, 255, 255});
};

/// A picture as register_pictures() takes it.
struct PictureDescription {
    /// The area of `overview` in pixels, about.
    static constexpr int overview_area = 384 * 384;

    Size size;  ///< Of the picture itself.
    ContentKind content;
    double fineness;  ///< How sharp, or noisy, the overview is: energy of the finest detail to that
                      ///< of detail twice as coarse.
    Image detail;     ///< See PictureDetail::pixels.
    Image overview;   ///< Of overview_area, or less where that would make a side longer than
                      ///< PictureDetail::max_side.
    PictureFeatures features;

    /// All of the picture, and what is left without borders of one colour.
    std::array<PictureFrame, 2> frames;

    /// The top left corners of the overview's tiles that show something.
    std::vector<std::array<std::uint16_t, 2>> detailed;

    static constexpr int grid_side = 8;

    /// The picture's colours, RGB, at a grid of places.
    std::array<std::uint8_t, static_cast<std::size_t>(3 * grid_side) * grid_side> grid;
};

/// Finds a picture's features. Working memory: about 20 MB. `invalid-argument` for pixels of
/// another size than PictureDetail::size_for(), `out-of-memory`.
Result<PictureDescription> describe_picture(PictureDetail detail);

/// How b is laid over a: the point (x, y) of a, in pixels from its top left corner, lies at
/// (matrix[0] x + matrix[1] y + matrix[2], matrix[3] x + matrix[4] y + matrix[5]) of b.
struct PictureTransform {
    std::array<double, 6> matrix{1.0, 0.0, 0.0, 0.0, 1.0, 0.0};
    double scale = 1.0;   ///< Pixels of b to one of a, the geometric mean of both directions.
    double cosine = 1.0;  ///< Of the angle by which a was turned to make b, clockwise, after
    double sine = 0.0;    ///< it was mirrored left to right, where it was.
    bool mirrored = false;
};

/// A place where the pictures show different things, in pixels of both.
struct Difference {
    Rectangle a;
    Rectangle b;
    bool detail_a;  ///< a shows something there, b may show only its ground: removed, or covered.
    bool detail_b;  ///< b shows something there: where a doesn't, it was added.
};

/// What became of brightness and colour from a to b: b ≈ gain · a + offset, levels of 0 to 255.
struct Exposure {
    double gain = 1.0;
    double offset = 0.0;
};

/// What came of laying two pictures over each other.
struct Registration {
    /// Whether a transform was found under which enough of the content agrees to look further. All
    /// that follows but `content_a`, `content_b` and `plain_distance` has a meaning only then.
    bool registered = false;

    PictureTransform transform;
    Rectangle overlap_a;             ///< The box around the part of a that b shows, in pixels of a.
    Rectangle overlap_b;             ///< The same part in b, in pixels of b.
    double covered_a = 0.0;          ///< Share of a's area that lies in b.
    double covered_b = 0.0;          ///< Share of b's area that lies in a.
    double content_covered_a = 0.0;  ///< Share of a's detailed tiles that lie in b.
    double content_covered_b = 0.0;  ///< Share of b's detailed tiles that lie in a.
    double detail_beyond_a = 0.0;    ///< Of the part of a that b doesn't show, the share of pixels
    double detail_beyond_b = 0.0;    ///< that aren't of one brightness, about; then of b's.
    double agreement_a = 0.0;        ///< Share of a's telling tiles in the overlap that b has, too.
    double agreement_b = 0.0;        ///< Share of b's that a has, too.
    int tiles_a = 0;                 ///< a's telling tiles: those that show more than an edge.
    int tiles_b = 0;                 ///< b's.
    double largest_excess = 0.0;  ///< How far the worst tile lies beyond the noise; 1 is the limit.
    std::vector<Difference> differences;

    Exposure exposure;
    double blur = 0.0;         ///< How often the finer picture was smoothed to match the other;
                               ///< positive where a is finer, negative where b is.
    double noise = 0.0;        ///< Share of a typical tile's energy that the other one leaves open.
    bool greyscale_a = false;  ///< a has no colour, within the overlap.
    bool greyscale_b = false;

    ContentKind content_a = ContentKind::none;
    ContentKind content_b = ContentKind::none;

    /// The largest distance, in levels of 0 to 255, of the two pictures' colours at the same place
    /// of a grid of 8 × 8 places: what decides where there is no content.
    double plain_distance = 0.0;
};

/// Registers b with a. The same numbers on every machine; with a and b swapped, the same result
/// seen from the other side.
Result<Registration> register_pictures(const PictureDescription& a, const PictureDescription& b);

}  // namespace likeness
