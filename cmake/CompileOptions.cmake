# How code is compiled for WebAssembly that is to be small rather than fast. Emscripten takes -Oz to mean
# that nothing is inlined, which makes C++ larger: each accessor and destructor stays a call.
set(LIKENESS_SMALL "$<$<NOT:$<CONFIG:Debug>>:-Oz;-finline-functions>")

# likeness_compile_options(target): how all code of this project is compiled.
function(likeness_compile_options target)
    target_compile_features(${target} PUBLIC cxx_std_20)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)

    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        target_compile_options(${target} PRIVATE -Wreserved-identifier)
    endif()
    if(LIKENESS_WARNINGS_AS_ERRORS)
        target_compile_options(${target} PRIVATE -Werror)
    endif()

    # A fused multiply-add rounds once where the standard rounds twice: platforms would disagree.
    target_compile_options(${target} PRIVATE -ffp-contract=off)

    if(EMSCRIPTEN)
        # Errors are values here; JavaScript exceptions would only add weight.
        target_compile_options(${target} PRIVATE -fno-exceptions)
        # Whatever has the vectors has the other two as well.
        target_compile_options(${target} PRIVATE -msimd128 -mnontrapping-fptoint -msign-ext)
        # Names of types would be for messages that nobody sees: Embind's, of a type that isn't bound.
        target_compile_options(${target} PRIVATE -fno-rtti)
        target_compile_definitions(${target} PRIVATE EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)
        # Unrolling costs a tenth of the file; core/CMakeLists.txt names the loops that gain from it. Vectors
        # are written down where they count: the compiler's make the rest larger and no faster.
        target_compile_options(${target} PRIVATE -fno-unroll-loops -fno-vectorize -fno-slp-vectorize)
    endif()

    if(LIKENESS_SANITIZE)
        set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
        target_compile_options(${target} PRIVATE ${sanitizers})
        target_link_options(${target} PUBLIC ${sanitizers})
    endif()
endfunction()

# likeness_fuzzed(target): code that the fuzz targets are to reach, with feedback for libFuzzer. Programs that don't
# fuzz may link it, too.
function(likeness_fuzzed target)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
endfunction()

# likeness_covered(source...): of these `npm run fuzz` says how many lines were reached.
function(likeness_covered)
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS -fprofile-instr-generate -fcoverage-mapping)
endfunction()
