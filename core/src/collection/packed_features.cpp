#include <array>
#include <cstddef>
#include <cstdint>

#include "likeness/collection.hpp"
#include "likeness/sketch_features.hpp"

namespace likeness {
namespace {

constexpr std::size_t header_bytes = 5;
constexpr std::size_t point_bytes = 39;

constexpr std::uint8_t octave_parts = 8;

/// The size and the points are sound: their sides are at most PictureDetail::max_side.
class Writer {
public:
    explicit Writer(std::size_t size) { bytes_.reserve(size); }

    void put(std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i, value >>= 8U) {
            bytes_.push_back(static_cast<std::uint8_t>(value));
        }
    }

    [[nodiscard]] std::vector<std::uint8_t> take() && { return std::move(bytes_); }

private:
    std::vector<std::uint8_t> bytes_;
};

/// There are as many bytes as are asked for.
class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    std::uint64_t get(int bytes) {
        std::uint64_t value = 0;
        for (int i = 0; i < bytes; ++i) value |= std::uint64_t{bytes_[next_++]} << (8 * i);
        return value;
    }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t next_ = 0;
};

Error damaged() {
    return {ErrorCode::invalid_argument,
            "the features of an image are damaged: read the image again"};
}

}  // namespace

std::vector<std::uint8_t> pack_features(const SketchFeatures& features) {
    const auto& points = features.corners.points;
    Writer writer(header_bytes + point_bytes * points.size());
    writer.put(static_cast<std::uint64_t>(features.corners.size.width), 2);
    writer.put(static_cast<std::uint64_t>(features.corners.size.height), 2);
    writer.put(static_cast<std::uint64_t>(features.oversampling), 1);
    for (const FeaturePoint& point : points) {
        for (const std::uint64_t word : point.descriptor) writer.put(word, 8);
        writer.put(point.x, 2);
        writer.put(point.y, 2);
        writer.put(static_cast<std::uint8_t>(point.direction_x), 1);
        writer.put(static_cast<std::uint8_t>(point.direction_y), 1);
        writer.put(point.octave_part, 1);
    }
    return std::move(writer).take();
}

Result<SketchFeatures> unpack_features(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < header_bytes || (bytes.size() - header_bytes) % point_bytes != 0) {
        return damaged();
    }
    const std::size_t count = (bytes.size() - header_bytes) / point_bytes;
    if (count > SketchFeatures::max_points) return damaged();
    Reader reader(bytes);
    SketchFeatures features;
    PictureFeatures& corners = features.corners;
    corners.size.width = static_cast<int>(reader.get(2));
    corners.size.height = static_cast<int>(reader.get(2));
    features.oversampling = static_cast<int>(reader.get(1));
    if (features.oversampling < 1 || features.oversampling > SketchFeatures::most_oversampling) {
        return damaged();
    }
    corners.points.resize(count);
    for (FeaturePoint& point : corners.points) {
        for (std::uint64_t& word : point.descriptor) word = reader.get(8);
        point.x = static_cast<std::uint16_t>(reader.get(2));
        point.y = static_cast<std::uint16_t>(reader.get(2));
        point.direction_x = static_cast<std::int8_t>(reader.get(1));
        point.direction_y = static_cast<std::int8_t>(reader.get(1));
        point.octave_part = static_cast<std::uint8_t>(reader.get(1));
        const bool directed = point.direction_x != 0 || point.direction_y != 0;
        if (!directed || point.octave_part >= octave_parts) return damaged();
    }
    return features;
}

}  // namespace likeness
