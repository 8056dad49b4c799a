#include "likeness/fingerprint.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "check_rows.hpp"
#include "message.hpp"
#include "xxhash_config.hpp"

namespace likeness {
namespace {

constexpr int thumbnail_side = 128;
constexpr std::size_t rgb_channels = 3;

std::size_t index(int value) noexcept { return static_cast<std::size_t>(value); }

/// As a 32-bit little-endian number.
void update(XXH3_state_t& state, int number) noexcept {
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(number) >> (8 * i));
    }
    // Can't fail, here and below: its only errors are null pointers.
    static_cast<void>(XXH3_128bits_update(&state, bytes.data(), bytes.size()));
}

/// One edge of the thumbnail, looked at from outside: pixel `i` of the line at `depth`.
struct Edge {
    std::size_t origin;  ///< Of pixel 0 of the outermost line, in pixels.
    std::ptrdiff_t along;
    std::ptrdiff_t inwards;

    [[nodiscard]] const std::uint8_t* pixel(std::span<const std::uint8_t> thumbnail, int depth,
                                            int i) const noexcept {
        const auto offset = static_cast<std::ptrdiff_t>(origin) + inwards * depth + along * i;
        return thumbnail.data() + static_cast<std::size_t>(offset) * rgb_channels;
    }
};

/// How many lines from the edge inwards are of the outermost one's mean colour.
int uniform_lines(std::span<const std::uint8_t> thumbnail, const Edge& edge) noexcept {
    std::array<int, rgb_channels> mean{};
    for (int i = 0; i < thumbnail_side; ++i) {
        const std::uint8_t* pixel = edge.pixel(thumbnail, 0, i);
        for (std::size_t channel = 0; channel < rgb_channels; ++channel) {
            mean[channel] += pixel[channel];
        }
    }
    for (int& value : mean) value = (value + thumbnail_side / 2) / thumbnail_side;

    for (int depth = 0; depth < thumbnail_side; ++depth) {
        for (int i = 0; i < thumbnail_side; ++i) {
            const std::uint8_t* pixel = edge.pixel(thumbnail, depth, i);
            for (std::size_t channel = 0; channel < rgb_channels; ++channel) {
                if (std::abs(pixel[channel] - mean[channel]) > Fingerprinter::border_tolerance) {
                    return depth;
                }
            }
        }
    }
    return thumbnail_side;
}

/// What is left of the thumbnail without uniform borders.
Region find_content(std::span<const std::uint8_t> thumbnail) noexcept {
    constexpr std::ptrdiff_t side = thumbnail_side;
    constexpr std::size_t last = thumbnail_side - 1;
    constexpr int most = thumbnail_side / 4;
    constexpr Edge edges[] = {
        {0, side, 1},            // Left.
        {last, side, -1},        // Right.
        {0, 1, side},            // Top.
        {last * side, 1, -side}  // Bottom.
    };

    std::array<int, 4> cut{};
    for (std::size_t i = 0; i < cut.size(); ++i) {
        const int lines = uniform_lines(thumbnail, edges[i]);
        if (lines == thumbnail_side) return {0, 0, thumbnail_side, thumbnail_side};
        // The border ends half a pixel to one and a half behind its last pure line.
        cut[i] = lines == 0 ? 0 : std::min(lines + 1, most);
    }
    return {cut[0], cut[2], thumbnail_side - cut[0] - cut[1], thumbnail_side - cut[2] - cut[3]};
}

bool is_grey(const ImageView& image, const Region& region) noexcept {
    for (int y = region.y; y < region.y + region.height; ++y) {
        const auto row = image.bytes({region.x, y, region.width, 1});
        for (std::size_t i = 0; i < row.size(); i += rgb_channels) {
            const auto [low, high] = std::minmax({row[i], row[i + 1], row[i + 2]});
            if (high - low > Fingerprinter::grey_tolerance) return false;
        }
    }
    return true;
}

/// Pillow's rgb2l (src/libImaging/Convert.c).
std::uint8_t luma_of(const std::uint8_t* rgb) noexcept {
    return static_cast<std::uint8_t>(
        (19595U * rgb[0] + 38470U * rgb[1] + 7471U * rgb[2] + 0x8000U) >> 16U);
}

/// The region, stretched to the luma's square.
Result<std::vector<std::uint8_t>> shrink_to_luma(const ImageView& image, const Region& region) {
    constexpr int side = Fingerprint::luma_side;
    auto resampler = StreamingResampler::create({.source = {region.width, region.height},
                                                 .target = {side, side},
                                                 .window = {0, 0, side, side}});
    if (!resampler) return std::move(resampler).error();
    if (auto status =
            resampler.value().push_rows(image.bytes(region), image.stride(), region.height);
        !status) {
        return std::move(status).error();
    }
    const auto square = resampler.value().finish();
    if (!square) return square.error();

    const std::span<const std::uint8_t> rgb = square.value().pixels();
    std::vector<std::uint8_t> luma;
    luma.reserve(rgb.size() / rgb_channels);
    for (std::size_t i = 0; i < rgb.size(); i += rgb_channels) {
        luma.push_back(luma_of(rgb.data() + i));
    }
    return luma;
}

}  // namespace

struct Fingerprinter::Digest {
    XXH3_state_t colours;
    XXH3_state_t opacities;
    bool transparent = false;
};

Result<Fingerprinter> Fingerprinter::create(Size size, int channels, Rgb background) {
    if (channels != 3 && channels != 4) {
        return Error{ErrorCode::invalid_argument,
                     message({channels, " channels: must be 3 (RGB) or 4 (RGBA)"})};
    }
    auto thumbnail = StreamingResampler::create({size,
                                                 {thumbnail_side, thumbnail_side},
                                                 {0, 0, thumbnail_side, thumbnail_side},
                                                 channels,
                                                 background});
    if (!thumbnail) return std::move(thumbnail).error();
    return Fingerprinter(std::move(thumbnail).value(), size, channels, background);
}

Fingerprinter::Fingerprinter(StreamingResampler thumbnail, Size size, int channels, Rgb background)
    : thumbnail_(std::move(thumbnail)),
      digest_(std::make_unique<Digest>()),
      splitter_(size.width, channels, background),
      size_(size),
      channels_(channels) {
    static_cast<void>(XXH3_128bits_reset(&digest_->colours));
    static_cast<void>(XXH3_128bits_reset(&digest_->opacities));
    update(digest_->colours, size.width);
    update(digest_->colours, size.height);
}

Fingerprinter::Fingerprinter(Fingerprinter&&) noexcept = default;
Fingerprinter& Fingerprinter::operator=(Fingerprinter&&) noexcept = default;
Fingerprinter::~Fingerprinter() = default;

Status Fingerprinter::push_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows) {
    const std::size_t row_bytes = index(size_.width) * index(channels_);
    if (auto status = check_rows(bytes, stride, rows, row_bytes, size_.height - rows_taken_);
        !status) {
        return status;
    }
    for (int i = 0; i < rows; ++i) push_row(splitter_.split(bytes.data() + index(i) * stride));
    return {};
}

void Fingerprinter::push_row(const PlanarRow& row) noexcept {
    thumbnail_.push_row(row);
    for (const std::uint8_t* channel : row.channels) {
        static_cast<void>(XXH3_128bits_update(&digest_->colours, channel, index(size_.width)));
    }
    if (row.alpha != nullptr) {
        update(digest_->opacities, rows_taken_);
        static_cast<void>(XXH3_128bits_update(&digest_->opacities, row.alpha, index(size_.width)));
        digest_->transparent = true;
    }
    ++rows_taken_;
}

Result<Fingerprint> Fingerprinter::finish() const {
    const auto thumbnail = thumbnail_.finish();
    if (!thumbnail) return thumbnail.error();
    const std::span<const std::uint8_t> pixels = thumbnail.value().pixels();

    const ImageView view = thumbnail.value().view();
    const Region whole{0, 0, thumbnail_side, thumbnail_side};
    const Region content = find_content(pixels);
    auto full_luma = shrink_to_luma(view, whole);
    if (!full_luma) return std::move(full_luma).error();
    auto luma = content == whole ? full_luma : shrink_to_luma(view, content);
    if (!luma) return std::move(luma).error();

    XXH128_hash_t digest = XXH3_128bits_digest(&digest_->colours);
    if (digest_->transparent) {
        // Both digests' bytes, in an order that no machine changes.
        const XXH128_hash_t opacities = XXH3_128bits_digest(&digest_->opacities);
        std::array<XXH128_canonical_t, 2> both{};
        XXH128_canonicalFromHash(both.data(), digest);
        XXH128_canonicalFromHash(both.data() + 1, opacities);
        digest = XXH3_128bits(both.data(), sizeof both);
    }
    return Fingerprint{size_,
                       {digest.low64, digest.high64},
                       is_grey(view, content),
                       std::move(luma).value(),
                       std::move(full_luma).value()};
}

std::size_t Fingerprinter::working_bytes() const noexcept {
    return sizeof(*this) - sizeof(thumbnail_) + thumbnail_.working_bytes() + sizeof(Digest) +
           splitter_.working_bytes();
}

Result<Fingerprint> fingerprint(const ImageView& image, Rgb background) {
    auto fingerprinter = Fingerprinter::create(image.size(), image.channels(), background);
    if (!fingerprinter) return std::move(fingerprinter).error();
    const Region& region = fingerprinter.value().region();
    if (auto status =
            fingerprinter.value().push_rows(image.bytes(region), image.stride(), region.height);
        !status) {
        return std::move(status).error();
    }
    return fingerprinter.value().finish();
}

}  // namespace likeness
