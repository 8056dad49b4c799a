# Simde: the system's SIMDe, else a pinned release of github.com/simd-everywhere/simde. Header-only.
# Sets Simde_INCLUDE_DIR to the folder that holds wasm/simd128.h and nothing but SIMDe, so that a cross
# compiler that is handed the host's doesn't take its C library too; the search isn't confined to the
# sysroot therefore.
find_path(Simde_INCLUDE_DIR wasm/simd128.h
    PATHS /usr/include/simde /usr/local/include/simde
    PATH_SUFFIXES simde
    NO_CMAKE_FIND_ROOT_PATH
)

if(NOT Simde_INCLUDE_DIR)
    include(FetchContent)
    # A git commit is named by the hash of its content: nothing else can arrive under this name.
    FetchContent_Declare(simde
        GIT_REPOSITORY https://github.com/simd-everywhere/simde.git
        GIT_TAG 71fd833d9666141edcd1d3c109a80e228303d8d7 # v0.8.2
    )
    FetchContent_MakeAvailable(simde)
    set(Simde_INCLUDE_DIR "${simde_SOURCE_DIR}/simde" CACHE PATH "Folder of wasm/simd128.h" FORCE)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Simde REQUIRED_VARS Simde_INCLUDE_DIR)
mark_as_advanced(Simde_INCLUDE_DIR)
