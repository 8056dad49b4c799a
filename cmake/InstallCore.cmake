# Installs likeness::core so that find_package(likeness) finds it.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(likeness_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/likeness")

install(TARGETS likeness_core EXPORT likeness-targets)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/core/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT likeness-targets NAMESPACE likeness:: DESTINATION "${likeness_cmake_dir}")

write_basic_package_version_file("${PROJECT_BINARY_DIR}/likeness-config-version.cmake"
    COMPATIBILITY SameMinorVersion
)
install(FILES
    "${PROJECT_SOURCE_DIR}/cmake/likeness-config.cmake"
    "${PROJECT_BINARY_DIR}/likeness-config-version.cmake"
    DESTINATION "${likeness_cmake_dir}"
)
