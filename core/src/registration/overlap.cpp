#include "overlap.hpp"

#include <algorithm>
#include <cmath>

#include "plane.hpp"

namespace likeness::registration {
namespace {

/// Pixels of the overlap's shorter side, below which it is no use.
constexpr double least_side = 16.0;

/// The box in whole pixels, inside the picture.
Region whole_pixels(const Box& box, Size size) noexcept {
    const int left = std::clamp(static_cast<int>(std::floor(box.left)), 0, size.width - 1);
    const int top = std::clamp(static_cast<int>(std::floor(box.top)), 0, size.height - 1);
    const int right = std::clamp(static_cast<int>(std::ceil(box.right)), left + 1, size.width);
    const int bottom = std::clamp(static_cast<int>(std::ceil(box.bottom)), top + 1, size.height);
    return {left, top, right - left, bottom - top};
}

Size scaled(const Region& region, double scale) noexcept {
    const auto side = [scale](int length) {
        return std::max(static_cast<int>(std::lround(length * scale)), 1);
    };
    return {side(region.width), side(region.height)};
}

Result<Image> copy_of(const Image& image) {
    auto copy = Image::create(image.size(), image.channels());
    if (!copy) return copy;
    const auto pixels = image.pixels();
    std::copy(pixels.begin(), pixels.end(), copy.value().pixels().begin());
    return copy;
}

struct Cut {
    Image image;
    Affine to_source;  ///< From pixels of `image` to those of the source's pixels.
};

Result<Cut> cut(const Image& pixels, const Box& box, double scale) {
    const Region region = whole_pixels(box, pixels.size());
    const Size target = scaled(region, scale);
    const auto part = pixels.view().part(region);
    if (!part) return part.error();
    auto image = target == pixels.size() ? copy_of(pixels) : resize(part.value(), target, {});
    if (!image) return std::move(image).error();
    return Cut{std::move(image).value(),
               compose(translation(region.x, region.y),
                       scaling(static_cast<double>(region.width) / target.width,
                               static_cast<double>(region.height) / target.height))};
}

/// From pixels of the source's image to those of the picture.
Affine to_picture(const Source& source) noexcept {
    return scaling(static_cast<double>(source.size.width) / source.pixels->width(),
                   static_cast<double>(source.size.height) / source.pixels->height());
}

}  // namespace

Result<std::optional<Overlap>> cut_overlap(const Source& a, const Source& b, const Affine& map,
                                           double area_wanted) {
    const Affine picture_a = to_picture(a);
    const Affine picture_b = to_picture(b);
    const Affine between = compose(inverse(picture_b), compose(map, picture_a));
    const Size size_a = a.pixels->size();
    const Size size_b = b.pixels->size();
    const Polygon common =
        clip(map_polygon(inverse(between), rectangle(0.0, 0.0, size_b.width, size_b.height)),
             size_a.width, size_a.height);
    if (common.size() < 3) return std::optional<Overlap>();
    const double scale_b = between.scale();
    const double scale = std::min({std::sqrt(area_wanted / area(common)), 1.0, scale_b});
    const Box box_a = bounds(common);
    if (std::min(box_a.right - box_a.left, box_a.bottom - box_a.top) * scale < least_side) {
        return std::optional<Overlap>();
    }

    auto cut_a = cut(*a.pixels, box_a, scale);
    if (!cut_a) return std::move(cut_a).error();
    auto cut_b = cut(*b.pixels, bounds(map_polygon(between, common)), scale / scale_b);
    if (!cut_b) return std::move(cut_b).error();
    const Affine& source_a = cut_a.value().to_source;
    const Affine& source_b = cut_b.value().to_source;
    return std::optional<Overlap>(
        Overlap{std::move(cut_a.value().image), std::move(cut_b.value().image),
                compose(inverse(source_b), compose(between, source_a)),
                compose(picture_a, source_a), compose(picture_b, source_b), a.size, b.size});
}

}  // namespace likeness::registration
