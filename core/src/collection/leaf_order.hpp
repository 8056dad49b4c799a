/// @file
/// An order in which groups of alike things show.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace likeness::collection {

/// The leaves of the single-linkage tree, each group turned so that what is most alike meets. The
/// cosines are a matrix of size × size, symmetric.
[[nodiscard]] std::vector<std::size_t> leaf_order(std::size_t size,
                                                  std::span<const double> cosines);

}  // namespace likeness::collection
