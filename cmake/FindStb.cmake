# Stb: the system's stb_image.h, else a pinned commit of github.com/nothings/stb.
# Sets Stb_INCLUDE_DIR to a folder that holds stb headers and nothing else, so that a cross compiler can
# have it, too.
include(FindHeader)
find_header(Stb_INCLUDE_DIR stb_image.h stb)

if(NOT Stb_INCLUDE_DIR)
    include(FetchPinned)
    fetch_pinned(stb https://github.com/nothings/stb.git
        8b5f1f37b5b75829fc72d38e7b5d4bcbf8a26d55 # stb_image 2.27, September 2022
    )
    set(Stb_INCLUDE_DIR "${stb_SOURCE_DIR}" CACHE PATH "Folder of stb_image.h" FORCE)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Stb REQUIRED_VARS Stb_INCLUDE_DIR)
mark_as_advanced(Stb_INCLUDE_DIR)

include(CheckStb)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${Stb_INCLUDE_DIR}/stb_image.h")
