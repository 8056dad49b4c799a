// How alike two images are, and what was done to one to make the other. Usage: compare A B
#include <fstream>
#include <iostream>
#include <iterator>
#include <likeness/model.hpp>

using namespace likeness;

template <class T>
T require(Result<T> result) {
    if (result) return std::move(result).value();
    std::cerr << to_string(result.error().code) << ": " << result.error().message << '\n';
    std::exit(1);
}

std::vector<std::uint8_t> read_file(const char* path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) std::cerr << "can't open " << path << '\n', std::exit(1);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

int main(int count, char** arguments) {
    if (count != 3) return std::cerr << "usage: compare A B\n", 2;
    const Model model = require(find_model("mobilenetv2-lite"));
    const Network network = require(Network::load(read_file(LIKENESS_WEIGHTS)));
    PictureInput inputs[2];
    Embedding embeddings[2];
    for (int i : {0, 1}) {
        inputs[i] = require(read_picture_file(read_file(arguments[i + 1]), {}, model.preprocess,
                                              {.fingerprint = true, .detail = true}));
        embeddings[i] = require(embed(inputs[i], model, network));
    }
    auto& [a, b] = inputs;
    const auto described_a = require(describe_picture(*std::move(a.detail)));
    const auto described_b = require(describe_picture(*std::move(b.detail)));
    const auto evidence =
        require(examine(*a.fingerprint, described_a, *b.fingerprint, described_b));
    const auto cosines = require(compare_embeddings(embeddings[0], embeddings[1], model));
    const auto rating = require(rate(model.rating, {&cosines, 1}, evidence));
    std::cout.precision(9);
    std::cout << "score " << rating.score << "\nverdict " << to_string(rating.verdict) << '\n';
    for (const Change& change : evidence.changes) std::cout << to_string(change.kind) << '\n';
}
