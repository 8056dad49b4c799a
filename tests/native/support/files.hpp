/// @file
/// Files of the tests and of the reference material.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <vector>

#include "support/catch.hpp"

namespace likeness::test {

inline std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::runtime_error("can't read " + path.string());
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// A committed file of tests/data.
inline std::vector<std::uint8_t> read_data(const char* name) {
    return read_file(std::filesystem::path(LIKENESS_TEST_DATA_DIR) / name);
}

/// Where the reference material lies. Without it, prints the line by which ctest counts the test as
/// skipped; the test then has to return.
inline std::optional<std::filesystem::path> reference_dir() {
    const char* folder = std::getenv("LIKENESS_REFERENCE_DIR");
    if (folder != nullptr && *folder != '\0') return std::filesystem::path(folder);
    WARN("no reference material");
    std::cout << "SKIPPED: there is no reference material: LIKENESS_REFERENCE_DIR has to name its "
                 "folder\n";
    return std::nullopt;
}

}  // namespace likeness::test
