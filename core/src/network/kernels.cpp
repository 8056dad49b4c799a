#include "network/kernels.hpp"

namespace likeness::network {

const Kernels& kernels() noexcept {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return kernels_of_8_lanes();
#endif
    return kernels_of_4_lanes();
}

}  // namespace likeness::network
