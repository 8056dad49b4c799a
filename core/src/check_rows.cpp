#include "check_rows.hpp"

#include "message.hpp"

namespace likeness {

Status check_rows(std::span<const std::uint8_t> bytes, std::size_t stride, int rows,
                  std::size_t row_bytes, int rows_left) {
    if (rows < 0 || rows > rows_left) {
        return Error{ErrorCode::invalid_argument,
                     message({rows, " rows handed over, ", rows_left, " are still to come"})};
    }
    if (rows == 0) return {};
    if (stride < row_bytes || bytes.size() < row_bytes ||
        (bytes.size() - row_bytes) / stride < static_cast<std::size_t>(rows - 1)) {
        return Error{ErrorCode::invalid_argument,
                     message({bytes.size(), " bytes with a stride of ", stride, " don't hold ",
                              rows, " rows of ", row_bytes, " bytes"})};
    }
    return {};
}

}  // namespace likeness
