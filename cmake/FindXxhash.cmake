# Xxhash: the system's xxhash.h, else a pinned release of github.com/Cyan4973/xxHash. It is used
# header-only (XXH_INLINE_ALL): there is nothing to link.
# Sets Xxhash_INCLUDE_DIR to a folder that holds this header and nothing else, because the system's
# lies in /usr/include itself: a cross compiler that was handed that folder would take the host's C
# library for its own. The header is plain C, so the search isn't confined to the sysroot.
find_file(Xxhash_HEADER xxhash.h
    PATHS /usr/include /usr/local/include
    NO_CMAKE_FIND_ROOT_PATH
)

# Release 0.8.0 is the first whose 128-bit XXH3 is final.
if(Xxhash_HEADER)
    file(STRINGS "${Xxhash_HEADER}" Xxhash_VERSION_LINES REGEX "define XXH_VERSION_(MAJOR|MINOR) ")
    string(REGEX REPLACE "[^0-9]+" "." Xxhash_VERSION "${Xxhash_VERSION_LINES}")
    string(REGEX REPLACE "^\\.|\\.$" "" Xxhash_VERSION "${Xxhash_VERSION}")
    if(Xxhash_VERSION VERSION_LESS 0.8)
        set(Xxhash_HEADER "Xxhash_HEADER-NOTFOUND" CACHE FILEPATH "xxhash.h" FORCE)
    endif()
endif()

if(NOT Xxhash_HEADER)
    include(FetchContent)
    # A git commit is named by the hash of its content: nothing else can arrive under this name.
    FetchContent_Declare(xxhash
        GIT_REPOSITORY https://github.com/Cyan4973/xxHash.git
        GIT_TAG bbb27a5efb85b92a0486cf361a8635715a53f6ba # v0.8.2
    )
    FetchContent_MakeAvailable(xxhash)
    set(Xxhash_HEADER "${xxhash_SOURCE_DIR}/xxhash.h" CACHE FILEPATH "xxhash.h" FORCE)
endif()

set(Xxhash_INCLUDE_DIR "${PROJECT_BINARY_DIR}/xxhash")
configure_file("${Xxhash_HEADER}" "${Xxhash_INCLUDE_DIR}/xxhash.h" COPYONLY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Xxhash REQUIRED_VARS Xxhash_HEADER Xxhash_INCLUDE_DIR)
mark_as_advanced(Xxhash_HEADER)
