/// @file
/// Integers from untrusted bytes: a read outside them gives nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace likeness {

enum class ByteOrder { little_endian, big_endian };

inline std::optional<std::uint32_t> read_unsigned(std::span<const std::uint8_t> bytes,
                                                  std::size_t offset, std::size_t width,
                                                  ByteOrder order) noexcept {
    if (offset > bytes.size() || bytes.size() - offset < width) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        const std::size_t place = order == ByteOrder::big_endian ? i : width - 1 - i;
        value = value << 8U | bytes[offset + place];
    }
    return value;
}

inline std::optional<std::uint32_t> read_u16(std::span<const std::uint8_t> bytes,
                                             std::size_t offset, ByteOrder order) noexcept {
    return read_unsigned(bytes, offset, 2, order);
}

inline std::optional<std::uint32_t> read_u32(std::span<const std::uint8_t> bytes,
                                             std::size_t offset, ByteOrder order) noexcept {
    return read_unsigned(bytes, offset, 4, order);
}

/// What is left behind the first `length` bytes; nothing where there aren't as many.
inline std::span<const std::uint8_t> skip(std::span<const std::uint8_t> bytes,
                                          std::size_t length) noexcept {
    return bytes.size() < length ? std::span<const std::uint8_t>{} : bytes.subspan(length);
}

}  // namespace likeness
