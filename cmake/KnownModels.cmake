# likeness_write_models(file): writes known_models() of core/src/known_models.hpp, with the numbers of
# models/manifest.json, and writes it again when those change.
function(likeness_write_models file)
    set(manifest "${PROJECT_SOURCE_DIR}/models/manifest.json")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${manifest}")
    file(READ "${manifest}" json)
    string(JSON count LENGTH "${json}" models)
    math(EXPR last "${count} - 1")
    set(models "")
    foreach(i RANGE ${last})
        string(JSON model GET "${json}" models ${i})
        string(JSON id GET "${model}" id)
        string(JSON weights_version GET "${model}" weightsVersion)
        string(JSON view GET "${model}" view)
        string(JSON pooling GET "${model}" pooling)
        string(JSON size GET "${model}" input size)
        string(JSON whole_size ERROR_VARIABLE missing GET "${model}" input wholeSize)
        if(missing)
            set(whole_size "${size}")
        endif()
        string(JSON resize GET "${model}" resize)
        string(JSON cells GET "${model}" output cells)
        string(JSON dimension GET "${model}" dimension)
        string(JSON similar GET "${model}" calibration similar)
        likeness_json_numbers(mean "${model}" mean)
        likeness_json_numbers(std "${model}" std)
        likeness_json_numbers(mean_embedding "${model}" meanEmbedding)
        if(mean_embedding AND NOT mean_embedding MATCHES ",")
            # One number stands for as many equal ones.
            string(REPEAT "${mean_embedding}," ${dimension} mean_embedding)
        endif()
        likeness_json_numbers(cosine "${model}" calibration cosine)
        likeness_json_numbers(score "${model}" calibration score)
        likeness_json_numbers(probability "${model}" calibration probability)
        string(CONFIGURE [[
        {.id = "@id@",
         .weights_version = "@weights_version@",
         .view = View::@view@,
         .pooling = Pooling::@pooling@,
         .size = @size@,
         .whole_size = @whole_size@,
         .resize = @resize@,
         .cells = @cells@,
         .mean = {@mean@},
         .std = {@std@},
         .dimension = @dimension@,
         .mean_embedding = {@mean_embedding@},
         .cosine = {@cosine@},
         .score = {@score@},
         .probability = {@probability@},
         .similar = @similar@},
]] entry @ONLY)
        string(APPEND models "${entry}")
    endforeach()
    file(CONFIGURE OUTPUT "${file}" CONTENT [[
// Made from models/manifest.json by cmake/KnownModels.cmake.
#include "known_models.hpp"

namespace likeness {

std::vector<KnownModel> known_models() {
    return {
@models@    };
}

}  // namespace likeness
]] @ONLY)
endfunction()

# likeness_json_numbers(variable json path…): a list of numbers as C++ has it, without its brackets;
# empty where there is none. CMake writes as many digits as make out a double.
function(likeness_json_numbers variable json)
    string(JSON numbers ERROR_VARIABLE missing GET "${json}" ${ARGN})
    if(missing)
        set(numbers "")
    endif()
    string(REGEX REPLACE "[][ \t\n]" "" numbers "${numbers}")
    set(${variable} "${numbers}" PARENT_SCOPE)
endfunction()
