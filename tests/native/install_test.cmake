# Installs the built core, then configures and builds projects that know nothing but the prefix, and
# runs their programs.
set(scratch "${LIKENESS_BINARY_DIR}/consumer")
file(REMOVE_RECURSE "${scratch}")
execute_process(
    COMMAND "${CMAKE_COMMAND}" --install "${LIKENESS_BINARY_DIR}" --prefix "${scratch}/prefix"
    COMMAND_ERROR_IS_FATAL ANY
)

function(build_with_prefix source_dir binary_dir)
    execute_process(
        COMMAND "${CMAKE_COMMAND}" -S "${source_dir}" -B "${binary_dir}"
            -G "${CMAKE_GENERATOR}"
            "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}"
            "-DCMAKE_PREFIX_PATH=${scratch}/prefix"
        COMMAND_ERROR_IS_FATAL ANY
    )
    execute_process(COMMAND "${CMAKE_COMMAND}" --build "${binary_dir}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

build_with_prefix("${CONSUMER_SOURCE_DIR}" "${scratch}/build")
execute_process(COMMAND "${scratch}/build/consumer" COMMAND_ERROR_IS_FATAL ANY)

# The example says of two images what the command line says: tests/cli/example.test.ts compares them.
build_with_prefix("${EXAMPLES_DIR}" "${scratch}/examples")
function(expect_of_example a b expected)
    execute_process(COMMAND "${scratch}/examples/compare" "${DATA_DIR}/${a}" "${DATA_DIR}/${b}"
        OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY
    )
    if(NOT printed MATCHES "^${expected}$")
        message(FATAL_ERROR "The example says of ${a} and ${b}:\n${printed}")
    endif()
endfunction()

expect_of_example(baseline.png baseline.png "score 100\nverdict identical\n")
expect_of_example(baseline.png subsampled.png "score 99[.]9\nverdict near-duplicate\n")
expect_of_example(baseline.png grey.png "score [0-9.]+\nverdict similar\n")
execute_process(COMMAND "${scratch}/examples/compare" "${DATA_DIR}/none.png" "${DATA_DIR}/grey.png"
    RESULT_VARIABLE code ERROR_VARIABLE complaint
)
if(NOT code EQUAL 1 OR NOT complaint MATCHES "^can't open .*none[.]png\n$")
    message(FATAL_ERROR "The example says of a file that isn't there:\n${complaint}")
endif()
