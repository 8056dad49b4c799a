// The only file that compiles stb_image.
#define STB_IMAGE_IMPLEMENTATION
#include "stb_image_config.hpp"
