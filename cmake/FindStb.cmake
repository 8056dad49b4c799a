# Stb: the system's stb_image.h, else a pinned commit of github.com/nothings/stb.
# Sets Stb_INCLUDE_DIR to a folder that holds stb headers and nothing else. That is what makes it
# safe to hand a host's folder to a cross compiler too (the headers are plain C), so the search is
# not confined to the sysroot.
find_path(Stb_INCLUDE_DIR stb_image.h
    PATHS /usr/include/stb /usr/local/include/stb
    PATH_SUFFIXES stb
    NO_CMAKE_FIND_ROOT_PATH
)

if(NOT Stb_INCLUDE_DIR)
    include(FetchContent)
    # A git commit is named by the hash of its content: nothing else can arrive under this name.
    FetchContent_Declare(stb
        GIT_REPOSITORY https://github.com/nothings/stb.git
        GIT_TAG 8b5f1f37b5b75829fc72d38e7b5d4bcbf8a26d55 # stb_image 2.27, September 2022
    )
    FetchContent_MakeAvailable(stb)
    set(Stb_INCLUDE_DIR "${stb_SOURCE_DIR}" CACHE PATH "Folder of stb_image.h" FORCE)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Stb REQUIRED_VARS Stb_INCLUDE_DIR)
mark_as_advanced(Stb_INCLUDE_DIR)

include(CheckStb)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${Stb_INCLUDE_DIR}/stb_image.h")
