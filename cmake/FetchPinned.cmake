# fetch_pinned(name repository commit): fetches a commit of a git repository, adds its CMakeLists.txt if it
# has one, and sets <name>_SOURCE_DIR in the caller. A commit is named by the hash of its content: nothing
# else can arrive under this name.
include(FetchContent)

function(fetch_pinned name repository commit)
    FetchContent_Declare(${name} GIT_REPOSITORY "${repository}" GIT_TAG "${commit}")
    FetchContent_MakeAvailable(${name})
    string(TOLOWER "${name}" lower)
    set(${name}_SOURCE_DIR "${${lower}_SOURCE_DIR}" PARENT_SCOPE)
endfunction()
