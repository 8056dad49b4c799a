#include "stb/decoder.hpp"

#include "decoder_memory.hpp"

// stb_image with what the core needs of it: three formats, no files, readable reasons. Its
// functions are seen in this file only, so that an application can have an stb_image of its own.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_GIF
#define STBI_FAILURE_USERMSG
#define STBI_MALLOC(bytes) likeness::DecoderMemory::take(bytes)
#define STBI_REALLOC(buffer, bytes) likeness::DecoderMemory::grow(buffer, bytes)
#define STBI_FREE(buffer) std::free(buffer)
#include <stb_image.h>

namespace likeness::stb {

std::optional<Size> read_size(std::span<const std::uint8_t> file) noexcept {
    Size size{};
    int channels = 0;
    if (stbi_info_from_memory(file.data(), static_cast<int>(file.size()), &size.width, &size.height,
                              &channels) == 0) {
        return std::nullopt;
    }
    return size;
}

PixelBuffer load(std::span<const std::uint8_t> file, int channels, int& channels_in_file) noexcept {
    Size size{};
    return PixelBuffer(stbi_load_from_memory(file.data(), static_cast<int>(file.size()),
                                             &size.width, &size.height, &channels_in_file,
                                             channels));
}

const char* failure_reason() noexcept { return stbi_failure_reason(); }

}  // namespace likeness::stb
