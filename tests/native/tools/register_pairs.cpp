// Registers pairs of pictures and prints what came of it. Reads lines "a<TAB>b" of paths from
// standard input; prints a line of comma-separated numbers for each, in the same order, after a
// line of names. Descriptions of the last pictures are kept: pairs of one picture should follow
// each other.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "likeness/copy.hpp"
#include "likeness/decode.hpp"
#include "likeness/picture_reader.hpp"
#include "likeness/registration.hpp"

namespace {

using namespace likeness;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

struct Described {
    std::string path;
    PictureDescription description;
    double milliseconds;
};

std::optional<Described> describe(const std::string& path, std::span<const std::uint8_t> file) {
    const auto image = decode(file, {.keep_alpha = true});
    if (!image) return std::nullopt;
    const auto start = Clock::now();
    auto input = read_picture(image.value().view(), {}, {255, 255, 255}, {.detail = true});
    if (!input || !input.value().detail) return std::nullopt;
    auto description = describe_picture(std::move(*input.value().detail));
    if (!description) return std::nullopt;
    return Described{path, std::move(description).value(), milliseconds_since(start)};
}

class Reader {
public:
    /// A null pointer for a picture that can't be read. Valid until two more are read.
    const Described* read(const std::string& path) {
        for (auto known = known_.begin(); known != known_.end(); ++known) {
            if (known->path != path) continue;
            known_.splice(known_.end(), known_, known);
            return &known_.back();
        }
        std::ifstream file(path, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        const std::span<const std::uint8_t> contents(
            reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        auto described = describe(path, contents);
        if (!described) return nullptr;
        constexpr std::size_t most = 64;
        if (known_.size() == most) known_.pop_front();
        known_.push_back(std::move(*described));
        return &known_.back();
    }

private:
    std::list<Described> known_;
};

}  // namespace

int main() {
    std::puts(
        "verdict,registered,content,scale,cosine,sine,mirrored,m0,m1,m2,m3,m4,m5,covered_a,covered_"
        "b,"
        "content_a,content_b,agreement,agreement_a,agreement_b,tiles_a,tiles_b,excess,differences,"
        "first_x,first_y,first_width,first_height,"
        "gain,offset,blur,noise,grey_a,grey_b,plain,describe_ms,register_ms");
    Reader reader;
    for (std::string line; std::getline(std::cin, line);) {
        const auto tab = line.find('\t');
        if (tab == std::string::npos) return 1;
        const Described* a = reader.read(line.substr(0, tab));
        const Described* b = reader.read(line.substr(tab + 1));
        if (a == nullptr || b == nullptr) {
            std::puts("unreadable");
            continue;
        }
        const auto start = Clock::now();
        const auto outcome = register_pictures(a->description, b->description);
        const double milliseconds = milliseconds_since(start);
        if (!outcome) {
            std::puts("failed");
            continue;
        }
        const Registration& r = outcome.value();
        const auto& m = r.transform.matrix;
        const Rectangle first = r.differences.empty() ? Rectangle{} : r.differences.front().a;
        std::printf(
            "%s,%d,%d,%.5f,%.5f,%.5f,%d,%.6f,%.6f,%.3f,%.6f,%.6f,%.3f,%.4f,%.4f,%.4f,%.4f,%.4f,%."
            "4f,%.4f,%d,%d,%.3f,%zu,"
            "%.1f,%.1f,%.1f,%.1f,%.4f,%.2f,%.0f,%.5f,%d,%d,%.1f,%.2f,%.2f\n",
            std::string(to_string(copy_kind(r, false))).c_str(), static_cast<int>(r.registered),
            static_cast<int>(std::min(r.content_a, r.content_b)), r.transform.scale,
            r.transform.cosine, r.transform.sine, static_cast<int>(r.transform.mirrored), m[0],
            m[1], m[2], m[3], m[4], m[5], r.covered_a, r.covered_b, r.content_covered_a,
            r.content_covered_b, std::max(r.agreement_a, r.agreement_b), r.agreement_a,
            r.agreement_b, r.tiles_a, r.tiles_b, r.largest_excess, r.differences.size(), first.x,
            first.y, first.width, first.height, r.exposure.gain, r.exposure.offset, r.blur, r.noise,
            static_cast<int>(r.greyscale_a), static_cast<int>(r.greyscale_b), r.plain_distance,
            a->milliseconds + b->milliseconds, milliseconds);
        std::fflush(stdout);
    }
    return 0;
}
