/// @file
/// What every taker of rows checks before it takes any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "likeness/error.hpp"

namespace likeness {

/// `invalid-argument` for a stride shorter than a row, too few bytes, or more rows than are left.
Status check_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows,
                  std::size_t row_bytes, int rows_left);

}  // namespace likeness
