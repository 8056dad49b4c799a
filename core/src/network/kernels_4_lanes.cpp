#include "network/convolve.hpp"

namespace likeness::network {

const Kernels& kernels_of_4_lanes() noexcept {
    static constexpr Kernels made{.pointwise = pointwise<4>, .depthwise = depthwise<4>};
    return made;
}

}  // namespace likeness::network
