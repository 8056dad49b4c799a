/// @file
/// xxHash as a header of inline functions: nothing to link, no symbols to clash.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>
