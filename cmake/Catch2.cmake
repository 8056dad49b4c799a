# The system's Catch2 (version 2 or 3), else a pinned commit. Provides the function
# catch_discover_tests and the target likeness_catch2, which brings main() in version 3;
# tests/native/support/catch.hpp and catch_main.cpp even out the rest.
if(CMAKE_CROSSCOMPILING)
    # The system's version 2 is headers alone; version 3 has a library, which is for this machine.
    find_package(Catch2 2 QUIET)
else()
    find_package(Catch2 QUIET)
endif()

if(NOT Catch2_FOUND)
    include(FetchPinned)
    fetch_pinned(Catch2 https://github.com/catchorg/Catch2.git
        2b60af89e23d28eefc081bc930831ee9d45ea58b # v3.8.1
    )
    list(APPEND CMAKE_MODULE_PATH "${Catch2_SOURCE_DIR}/extras")
endif()

include(Catch)

add_library(likeness_catch2 INTERFACE)
if(CMAKE_CROSSCOMPILING AND Catch2_FOUND)
    # Alone in a folder: beside it lies the C library of this machine.
    get_target_property(Catch2_INCLUDE_DIR Catch2::Catch2 INTERFACE_INCLUDE_DIRECTORIES)
    file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/catch2")
    file(CREATE_LINK "${Catch2_INCLUDE_DIR}/catch2" "${PROJECT_BINARY_DIR}/catch2/catch2" SYMBOLIC)
    target_include_directories(likeness_catch2 SYSTEM INTERFACE "${PROJECT_BINARY_DIR}/catch2")
elseif(TARGET Catch2::Catch2WithMain)
    target_link_libraries(likeness_catch2 INTERFACE Catch2::Catch2WithMain)
else()
    target_link_libraries(likeness_catch2 INTERFACE Catch2::Catch2)
endif()
