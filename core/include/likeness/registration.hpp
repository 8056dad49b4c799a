/// @file
/// Aligns one image with another, and finds how much of what both show agrees, and where it
/// doesn't.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "likeness/error.hpp"
#include "likeness/image.hpp"

namespace likeness {

/// A corner of an image and its surroundings: a binary descriptor like that of ORB (Rublee et
/// al., "ORB: an efficient alternative to SIFT or SURF", ICCV 2011).
struct FeaturePoint {
    /// Comparisons of pairs of pixels around the corner, rotated into the corner's direction. Words
    /// 2 and 3 hold the comparisons of words 0 and 1 mirrored about the direction: a descriptor of
    /// the mirrored image is this one with its halves swapped.
    std::array<std::uint64_t, 4> descriptor;

    std::uint16_t x;          ///< From the left edge, in 1/32 pixel of PictureFeatures::size.
    std::uint16_t y;          ///< From the top edge, likewise.
    std::int8_t direction_x;  ///< A vector of length 127, from the corner to the centre of mass of
    std::int8_t direction_y;  ///< the brightness around it.
    std::uint8_t
        octave_part;  ///< The corner was found at (4/5)^octave_part of PictureFeatures::size.
};

/// The features of an image: at most `max_points` points of 40 bytes.
struct PictureFeatures {
    static constexpr int max_points = 400;

    Size size;  ///< Of the image to which the points belong.
    std::vector<FeaturePoint> points;
};

/// A rectangle with sides that aren't whole pixels; (x, y) is its top left corner.
struct Rectangle {
    double x = 0.0;
    double y = 0.0;
    double width = 0.0;
    double height = 0.0;
};

/// A small grey version of an image, or of the part within its borders.
struct PictureFrame {
    static constexpr int side = 32;

    Rectangle box;  ///< In pixels of PictureDescription::overview.
    std::array<float, static_cast<std::size_t>(side) * side> levels{};  ///< Brightness, 0 to 255.
};

/// How much content an image has that can be registered.
enum class ContentKind {
    none,     ///< Plain, a gradient or nearly blank: nothing can be registered.
    little,   ///< A few details: a small icon, one line of text.
    drawing,  ///< Flat grounds and sharp edges: text, charts, codes, screens.
    photo,    ///< Everything else.
};

/// The pixels that registration compares: enough for text on a page.
struct PictureDetail {
    /// The longest side that `pixels` may have.
    static constexpr int max_side = 1024;

    Size size;     ///< Of the image itself.
    Image pixels;  ///< RGB, of size_for(size).

    /// The size to which an image is resized: no side longer than max_side, and the area of an
    /// overview at least, so that a small image is enlarged. `size` is at least 1 × 1.
    [[nodiscard]] static Size size_for(Size size) noexcept;

    /// Of an image that is all there; transparent pixels are composited on `background`.
    /// `out-of-memory`.
    static Result<PictureDetail> of(const ImageView& image, Rgb background = {255, 255, 255});
};

/// An image as register_pictures() takes it.
struct PictureDescription {
    /// The area of `overview` in pixels, about.
    static constexpr int overview_area = 384 * 384;

    Size size;  ///< Of the image itself.
    ContentKind content;
    double fineness;  ///< How sharp, or noisy, the overview is: energy of the finest detail to that
                      ///< of detail twice as coarse.
    Image detail;     ///< See PictureDetail::pixels.
    Image overview;   ///< Of overview_area, or less where that would make a side longer than
                      ///< PictureDetail::max_side.
    PictureFeatures features;

    /// All of the image, and what is left without borders of one colour.
    std::array<PictureFrame, 2> frames;

    /// The top left corners of the overview's tiles that show something.
    std::vector<std::array<std::uint16_t, 2>> detailed;

    static constexpr int grid_side = 8;

    /// The image's colours, RGB, at a grid of places.
    std::array<std::uint8_t, static_cast<std::size_t>(3 * grid_side) * grid_side> grid;
};

/// Finds an image's features. Working memory: about 20 MB. `invalid-argument` for pixels of
/// another size than PictureDetail::size_for(), `out-of-memory`.
Result<PictureDescription> describe_picture(PictureDetail detail);

/// How b is aligned with a: the point (x, y) of a, in pixels from its top left corner, lies at
/// (matrix[0] x + matrix[1] y + matrix[2], matrix[3] x + matrix[4] y + matrix[5]) of b.
struct PictureTransform {
    std::array<double, 6> matrix{1.0, 0.0, 0.0, 0.0, 1.0, 0.0};
    double scale = 1.0;   ///< Pixels of b for one of a, the geometric mean of both directions.
    double cosine = 1.0;  ///< Of the angle by which a was rotated to make b, clockwise, after
    double sine = 0.0;    ///< mirroring left to right, if it was mirrored.
    bool mirrored = false;
};

/// A place where the images show different things, in pixels of both.
struct Difference {
    Rectangle a;
    Rectangle b;
    bool detail_a;  ///< a shows something there; if b doesn't, it was removed or covered.
    bool detail_b;  ///< b shows something there; if a doesn't, it was added.
};

/// The change of brightness and contrast from a to b: b ≈ gain · a + offset, levels of 0 to 255.
struct Exposure {
    double gain = 1.0;
    double offset = 0.0;
};

/// The result of registering two images.
struct Registration {
    /// Whether a transform was found under which enough of the content agrees. Otherwise only
    /// `content_a`, `content_b` and `plain_distance` have a meaning.
    bool registered = false;

    PictureTransform transform;
    Rectangle overlap_a;             ///< The box around the part of a that b shows, in pixels of a.
    Rectangle overlap_b;             ///< The same part in b, in pixels of b.
    double covered_a = 0.0;          ///< Share of a's area that lies in b.
    double covered_b = 0.0;          ///< Share of b's area that lies in a.
    double content_covered_a = 0.0;  ///< Share of a's detailed tiles that lie in b.
    double content_covered_b = 0.0;  ///< Share of b's detailed tiles that lie in a.
    double detail_beyond_a = 0.0;  ///< Share of pixels with detail, about, in the part of a that b
    double detail_beyond_b = 0.0;  ///< doesn't show, and in the part of b that a doesn't show.
    double agreement_a = 0.0;  ///< Share of a's distinctive tiles in the overlap that agree with b.
    double agreement_b = 0.0;  ///< Share of b's distinctive tiles that agree with a.
    int tiles_a = 0;           ///< a's distinctive tiles: those that show more than an edge.
    int tiles_b = 0;           ///< b's distinctive tiles.
    double largest_excess = 0.0;  ///< How far the worst tile exceeds the noise; 1 is the limit.
    std::vector<Difference> differences;

    Exposure exposure;
    double blur = 0.0;   ///< How many times the sharper image was smoothed to match the other;
                         ///< positive if a is sharper, negative if b is.
    double noise = 0.0;  ///< Share of a typical tile's energy that the other one doesn't explain.
    bool greyscale_a = false;  ///< a has no colour, within the overlap.
    bool greyscale_b = false;

    ContentKind content_a = ContentKind::none;
    ContentKind content_b = ContentKind::none;

    /// The largest distance, in levels of 0 to 255, of the two images' colours in a grid of 8 × 8
    /// places. It decides if there is no content.
    double plain_distance = 0.0;
};

/// Registers b with a. The same numbers on every machine; with a and b swapped, the same result
/// seen from the other side.
Result<Registration> register_pictures(const PictureDescription& a, const PictureDescription& b);

}  // namespace likeness
