/// @file
/// What every taker of rows checks before it takes any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "likeness/error.hpp"

namespace likeness {

/// `invalid-argument` for a stride shorter than a row, too few bytes, or more rows than are left.
inline Status check_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows,
                         std::size_t row_bytes, int rows_left) {
    if (rows < 0 || rows > rows_left) {
        return Error{ErrorCode::invalid_argument, std::to_string(rows) + " rows handed over, " +
                                                      std::to_string(rows_left) +
                                                      " are still to come"};
    }
    if (rows == 0) return {};
    if (stride < row_bytes || bytes.size() < row_bytes ||
        (bytes.size() - row_bytes) / stride < static_cast<std::size_t>(rows - 1)) {
        return Error{ErrorCode::invalid_argument,
                     std::to_string(bytes.size()) + " bytes with a stride of " +
                         std::to_string(stride) + " don't hold " + std::to_string(rows) +
                         " rows of " + std::to_string(row_bytes) + " bytes"};
    }
    return {};
}

}  // namespace likeness
