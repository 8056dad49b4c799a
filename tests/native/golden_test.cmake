# Recomputes golden.json, in an emulator where it is another machine's program, and compares it with
# the committed one.
execute_process(COMMAND ${EMULATOR} "${GOLDEN}" "${DATA_DIR}" "${MODELS_DIR}"
    OUTPUT_VARIABLE computed COMMAND_ERROR_IS_FATAL ANY)
file(READ "${DATA_DIR}/golden.json" committed)
if(NOT computed STREQUAL committed)
    message(FATAL_ERROR "golden.json differs from what the core computes now:\n${computed}")
endif()
