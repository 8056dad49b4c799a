// For `npm run bench`: times forward passes with vectors of each width that this processor has, and
// prints medians as JSON: how many multiply-adds a second this processor can do at most with
// vectors of 4 floats, milliseconds of a pass, multiply-adds a second in its convolutions of 1 × 1,
// and their share of the peak that was measured right before. All take turns. usage: network_speed
// WEIGHTS WIDTH HEIGHT ROUNDS
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

#include "likeness/network.hpp"
#include "network/kernels.hpp"
#include "support/random.hpp"

namespace {

using namespace likeness;

// Of this thread alone: other programs may run beside it.
double seconds() {
    std::timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Work {
    double seconds = 0.0;
    double multiply_adds = 0.0;

    [[nodiscard]] double rate() const { return multiply_adds / seconds; }
};

// As fast as it can be: sum += factor × weight, for sums enough to hide how long an addition takes.
// No product waits for a sum, and all weights stay in the first cache; reading them takes no unit
// that multiplies or adds.
Work reach_peak() {
    using Vector __attribute__((vector_size(16))) = float;
    constexpr std::size_t sums = 12;
    constexpr std::size_t steps = 64;
    constexpr int turns = 16'000;
    volatile float given = 0.999F;
    const Vector factor = given - Vector{};
    std::array<std::array<Vector, sums>, steps> weights;
    // Of equal ones all but one would be optimised away.
    for (std::size_t i = 0; i < sums * steps; ++i) {
        weights[i / sums][i % sums] = factor * static_cast<float>(i);
    }
    std::array<Vector, sums> sum{};
    const double start = seconds();
    for (int turn = 0; turn < turns; ++turn) {
        for (const auto& step : weights) {
            for (std::size_t i = 0; i < sums; ++i) sum[i] += factor * step[i];
        }
    }
    const double elapsed = seconds() - start;
    for (const Vector& each : sum) given = each[0];
    return {elapsed, double{turns} * steps * sums * 4};
}

// What the convolutions of 1 × 1 of a pass took: kernels are plain functions, and can't hold it.
Work& pointwise_work() {
    static Work work;
    return work;
}

template <const network::Kernels& (*kernels)() noexcept>
void timed_pointwise(const network::Pointwise& layer) noexcept {
    const double start = seconds();
    kernels().pointwise(layer);
    pointwise_work().seconds += seconds() - start;
    pointwise_work().multiply_adds +=
        static_cast<double>(layer.pixels) * static_cast<double>(layer.inputs * layer.outputs);
}

// The kernels of one width, and the same with a clock.
struct Contestant {
    int lanes;
    const network::Kernels* plain;
    network::Kernels timed;
    std::vector<double> milliseconds{};
    std::vector<double> rates{};
    std::vector<double> shares{};  // Of the peak.
};

template <const network::Kernels& (*kernels)() noexcept>
Contestant contestant(int lanes) {
    return {.lanes = lanes,
            .plain = &kernels(),
            .timed = {.pointwise = timed_pointwise<kernels>, .depthwise = kernels().depthwise}};
}

std::vector<Contestant> contestants() {
    std::vector<Contestant> all{contestant<network::kernels_of_4_lanes>(4)};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) all.push_back(contestant<network::kernels_of_8_lanes>(8));
#endif
    return all;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

template <class T>
T require(Result<T> result) {
    if (result) return std::move(result).value();
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
}

// Returns the peak: clocks change from moment to moment.
double take_turn(Contestant& one, const Network& network, std::span<const float> input, Size size) {
    const double start = seconds();
    require(network.run_with(*one.plain, input, size));
    one.milliseconds.push_back((seconds() - start) * 1000.0);
    const double peak = reach_peak().rate();
    pointwise_work() = {};
    require(network.run_with(one.timed, input, size));
    one.rates.push_back(pointwise_work().rate());
    one.shares.push_back(one.rates.back() / peak);
    return peak;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5 || std::atoi(argv[4]) < 1) return 2;
    std::ifstream stream(argv[1], std::ios::binary);
    const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(stream),
                                         std::istreambuf_iterator<char>()};
    const Network network = require(Network::load(file));
    const Size size{std::atoi(argv[2]), std::atoi(argv[3])};
    const auto pixels =
        static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    const auto input = test::random_floats(3 * pixels, 1);
    std::vector<Contestant> all = contestants();
    std::vector<double> peaks;
    for (int round = 0; round < std::atoi(argv[4]); ++round) {
        for (Contestant& one : all) peaks.push_back(take_turn(one, network, input, size));
    }
    std::printf("{\"peak\": %.4g, \"passes\": [", median(peaks));
    for (const Contestant& one : all) {
        std::printf("%s{\"lanes\": %d, \"ms\": %.3f, \"pointwise\": %.4g, \"share\": %.4f}",
                    &one == all.data() ? "" : ", ", one.lanes, median(one.milliseconds),
                    median(one.rates), median(one.shares));
    }
    std::puts("]}");
    return 0;
}
