/// @file
/// stb_image with what the core needs of it: four formats, no files, readable reasons.
#pragma once

#include "decoder_memory.hpp"

#define STBI_NO_STDIO
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_FAILURE_USERMSG
#define STBI_MALLOC(bytes) likeness::DecoderMemory::take(bytes)
#define STBI_REALLOC(buffer, bytes) likeness::DecoderMemory::grow(buffer, bytes)
#define STBI_FREE(buffer) std::free(buffer)
#include <stb_image.h>
