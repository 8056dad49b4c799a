# The system's Catch2 (version 2 or 3), else a pinned commit. Provides the function
# catch_discover_tests and the target likeness_catch2, which brings main() in version 3;
# tests/native/support/catch.hpp and catch_main.cpp even out the rest.
find_package(Catch2 QUIET)

if(NOT Catch2_FOUND)
    include(FetchContent)
    FetchContent_Declare(Catch2
        GIT_REPOSITORY https://github.com/catchorg/Catch2.git
        GIT_TAG 2b60af89e23d28eefc081bc930831ee9d45ea58b # v3.8.1
    )
    FetchContent_MakeAvailable(Catch2)
    list(APPEND CMAKE_MODULE_PATH "${Catch2_SOURCE_DIR}/extras")
endif()

include(Catch)

add_library(likeness_catch2 INTERFACE)
if(TARGET Catch2::Catch2WithMain)
    target_link_libraries(likeness_catch2 INTERFACE Catch2::Catch2WithMain)
else()
    target_link_libraries(likeness_catch2 INTERFACE Catch2::Catch2)
endif()
