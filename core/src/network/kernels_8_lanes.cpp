#include "network/convolve.hpp"

namespace likeness::network {

const Kernels& kernels_of_8_lanes() noexcept {
    static constexpr Kernels made{.pointwise = pointwise<8>, .depthwise = depthwise<8>};
    return made;
}

}  // namespace likeness::network
