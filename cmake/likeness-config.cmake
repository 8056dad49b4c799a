# find_package(likeness) provides likeness::core. It has no dependencies of its own.
include("${CMAKE_CURRENT_LIST_DIR}/likeness-targets.cmake")
