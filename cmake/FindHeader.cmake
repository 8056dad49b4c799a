# find_header(variable names folder): sets a cache variable to the folder of a C header, which may lie in a
# folder of this name below the folders of the system.
#
# The headers are plain C and are handed to cross compilers, too: the search isn't confined to the sysroot.
function(find_header variable names folder)
    find_path(${variable} NAMES ${names}
        PATHS "/usr/include/${folder}" "/usr/local/include/${folder}" "/opt/homebrew/include/${folder}"
        PATH_SUFFIXES "${folder}"
        NO_CMAKE_FIND_ROOT_PATH
    )
endfunction()

# As a script, with NAMES and FOLDER, it fails where there is none: scripts/lib/prerequisites.mjs asks.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    find_header(header "${NAMES}" "${FOLDER}")
    if(NOT header)
        message(FATAL_ERROR "There is no ${NAMES}.")
    endif()
endif()
