# Xxhash: the system's xxhash.h, else a pinned release of github.com/Cyan4973/xxHash. It is used
# header-only (XXH_INLINE_ALL): there is nothing to link.
# Sets Xxhash_INCLUDE_DIR to a folder that holds a copy of this header and nothing else: the system's lies
# in /usr/include itself, where a cross compiler would find the system's C library, too.
include(FindHeader)
find_header(Xxhash_SOURCE_DIR xxhash.h "")

# Release 0.8.0 is the first whose 128-bit XXH3 is final.
if(Xxhash_SOURCE_DIR)
    file(STRINGS "${Xxhash_SOURCE_DIR}/xxhash.h" Xxhash_VERSION_LINES REGEX "define XXH_VERSION_(MAJOR|MINOR) ")
    string(REGEX REPLACE "[^0-9]+" "." Xxhash_VERSION "${Xxhash_VERSION_LINES}")
    string(REGEX REPLACE "^\\.|\\.$" "" Xxhash_VERSION "${Xxhash_VERSION}")
endif()

if(NOT Xxhash_SOURCE_DIR OR Xxhash_VERSION VERSION_LESS 0.8)
    include(FetchPinned)
    fetch_pinned(xxhash https://github.com/Cyan4973/xxHash.git
        bbb27a5efb85b92a0486cf361a8635715a53f6ba # v0.8.2
    )
    set(Xxhash_SOURCE_DIR "${xxhash_SOURCE_DIR}" CACHE PATH "Folder of xxhash.h" FORCE)
endif()

set(Xxhash_INCLUDE_DIR "${PROJECT_BINARY_DIR}/xxhash")
configure_file("${Xxhash_SOURCE_DIR}/xxhash.h" "${Xxhash_INCLUDE_DIR}/xxhash.h" COPYONLY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Xxhash REQUIRED_VARS Xxhash_SOURCE_DIR Xxhash_INCLUDE_DIR)
mark_as_advanced(Xxhash_SOURCE_DIR)
