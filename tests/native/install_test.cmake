# Installs the built core, then configures, builds and runs a project that only knows the prefix.
set(scratch "${LIKENESS_BINARY_DIR}/consumer")
file(REMOVE_RECURSE "${scratch}")
execute_process(
    COMMAND "${CMAKE_COMMAND}" --install "${LIKENESS_BINARY_DIR}" --prefix "${scratch}/prefix"
    COMMAND_ERROR_IS_FATAL ANY
)
execute_process(
    COMMAND "${CMAKE_COMMAND}" -S "${CONSUMER_SOURCE_DIR}" -B "${scratch}/build"
        -G "${CMAKE_GENERATOR}"
        "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}"
        "-DCMAKE_PREFIX_PATH=${scratch}/prefix"
    COMMAND_ERROR_IS_FATAL ANY
)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${scratch}/build" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${scratch}/build/consumer" COMMAND_ERROR_IS_FATAL ANY)
