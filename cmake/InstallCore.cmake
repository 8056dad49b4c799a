# Installs likeness::core and the weights of the included model so that find_package(likeness) finds
# them.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(likeness_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/likeness")
set(likeness_models_dir "${CMAKE_INSTALL_DATADIR}/likeness")

install(TARGETS likeness_core EXPORT likeness-targets)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/core/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/models/mobilenetv2-lite.weights"
    DESTINATION "${likeness_models_dir}"
)
install(EXPORT likeness-targets NAMESPACE likeness:: DESTINATION "${likeness_cmake_dir}")

configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/likeness-config.cmake.in"
    "${PROJECT_BINARY_DIR}/likeness-config.cmake"
    INSTALL_DESTINATION "${likeness_cmake_dir}"
    PATH_VARS likeness_models_dir
)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/likeness-config-version.cmake"
    COMPATIBILITY SameMinorVersion
)
install(FILES
    "${PROJECT_BINARY_DIR}/likeness-config.cmake"
    "${PROJECT_BINARY_DIR}/likeness-config-version.cmake"
    DESTINATION "${likeness_cmake_dir}"
)
