#include <likeness/decode.hpp>
#include <likeness/similarity.hpp>
#include <vector>

// As an application defines it that compiles an stb_image of its own: ours must not clash with it.
extern "C" const char* stbi_failure_reason() { return "the application's own"; }

int main() {
    const std::vector<float> vector{1.0F, 2.0F};
    const auto cosine = likeness::cosine_similarity(vector, vector);
    const auto image = likeness::decode({});
    return cosine && cosine.value() == 1.0 && !image ? 0 : 1;
}
