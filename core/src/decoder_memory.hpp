/// @file
/// The memory that stb_image takes: bounded, and its end noticed.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <utility>

namespace likeness {

/// While it lives, a buffer that stb_image grows on this thread stops at `most_bytes`. A PNG's
/// chunks may claim any length and its zlib stream may expand to any, whatever size the picture
/// has; stb_image takes memory for both as they go on, and only then looks at how much the picture
/// needs. Nor does it always say that memory has run out.
class DecoderMemory {
public:
    explicit DecoderMemory(std::size_t most_bytes) noexcept
        : before_(std::exchange(current, State{most_bytes, false, false})) {}
    ~DecoderMemory() { current = before_; }
    DecoderMemory(const DecoderMemory&) = delete;
    DecoderMemory& operator=(const DecoderMemory&) = delete;
    DecoderMemory(DecoderMemory&&) = delete;
    DecoderMemory& operator=(DecoderMemory&&) = delete;

    /// Whether a buffer wanted to grow past the limit.
    [[nodiscard]] static bool limit_reached() noexcept { return current.limit_reached; }

    /// Whether there was no memory for one.
    [[nodiscard]] static bool exhausted() noexcept { return current.exhausted; }

    /// Zeros. stb_image 2.27 uses Huffman tables that a JPEG never defined, and shows what no scan
    /// wrote: with std::malloc it would read outside its tables, and show memory of others.
    static void* take(std::size_t bytes) noexcept { return noted(std::calloc(1, bytes)); }

    /// std::realloc within the limit; null beyond it, which stb_image takes for the end of memory.
    static void* grow(void* buffer, std::size_t bytes) noexcept {
        if (bytes <= current.most_bytes) return noted(std::realloc(buffer, bytes));
        current.limit_reached = true;
        return nullptr;
    }

private:
    struct State {
        std::size_t most_bytes;
        bool limit_reached;
        bool exhausted;
    };

    static void* noted(void* memory) noexcept {
        if (memory == nullptr) current.exhausted = true;
        return memory;
    }

    /// Here, and not handed on, because stb_image's hooks take no argument of ours.
    static inline thread_local State current{0, false, false};

    State before_;
};

}  // namespace likeness
