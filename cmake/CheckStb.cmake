# Whether Stb_INCLUDE_DIR holds a stb_image.h that was fuzzed: core/src/decode.cpp refuses what those
# versions can't bear, and another one may have other holes. Included, it warns; as a script it fails.
cmake_policy(VERSION 3.21)

set(Stb_FUZZED
    91f435e0fc6a620018b878b9859c74dff60d28046f87e649191ad6f35a98c722 # 2.27 as of September 2022, Debian 12
)
file(SHA256 "${Stb_INCLUDE_DIR}/stb_image.h" Stb_SHA256)
if(NOT Stb_SHA256 IN_LIST Stb_FUZZED)
    if(CMAKE_SCRIPT_MODE_FILE)
        set(Stb_MESSAGE FATAL_ERROR)
    else()
        set(Stb_MESSAGE WARNING)
    endif()
    message(${Stb_MESSAGE}
        "${Stb_INCLUDE_DIR}/stb_image.h is a version that was never fuzzed. Run `npm run fuzz -- --target decode "
        "--seconds 3600`; where nothing is found, add its SHA-256 to cmake/CheckStb.cmake: ${Stb_SHA256}"
    )
endif()
