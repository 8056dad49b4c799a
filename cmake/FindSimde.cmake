# Simde: the system's SIMDe, else a pinned release of github.com/simd-everywhere/simde. Header-only.
# Sets Simde_INCLUDE_DIR to the folder that holds wasm/simd128.h and nothing but SIMDe: a cross compiler
# that is handed the system's /usr/include would take its C library, too.
include(FindHeader)
find_header(Simde_INCLUDE_DIR wasm/simd128.h simde)

if(NOT Simde_INCLUDE_DIR)
    include(FetchPinned)
    fetch_pinned(simde https://github.com/simd-everywhere/simde.git
        71fd833d9666141edcd1d3c109a80e228303d8d7 # v0.8.2
    )
    set(Simde_INCLUDE_DIR "${simde_SOURCE_DIR}/simde" CACHE PATH "Folder of wasm/simd128.h" FORCE)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Simde REQUIRED_VARS Simde_INCLUDE_DIR)
mark_as_advanced(Simde_INCLUDE_DIR)
