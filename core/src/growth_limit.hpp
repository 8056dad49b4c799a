/// @file
/// What stb_image may let a buffer grow to.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <utility>

namespace likeness {

/// While it lives, a buffer that stb_image grows on this thread stops at `most_bytes`. A PNG's chunks
/// may claim any length and its zlib stream may expand to any, whatever size the picture has; stb_image
/// takes memory for both as they go on, and only then looks at how much the picture needs.
class GrowthLimit {
public:
    explicit GrowthLimit(std::size_t most_bytes) noexcept
        : before_(std::exchange(current_, State{most_bytes, false})) {}
    ~GrowthLimit() { current_ = before_; }
    GrowthLimit(const GrowthLimit&) = delete;
    GrowthLimit& operator=(const GrowthLimit&) = delete;
    GrowthLimit(GrowthLimit&&) = delete;
    GrowthLimit& operator=(GrowthLimit&&) = delete;

    /// Whether a buffer wanted to grow further.
    [[nodiscard]] static bool reached() noexcept { return current_.reached; }

    /// std::realloc within the limit; null beyond it, which stb_image takes for the end of memory.
    static void* grow(void* buffer, std::size_t bytes) noexcept {
        if (bytes <= current_.most_bytes) return std::realloc(buffer, bytes);
        current_.reached = true;
        return nullptr;
    }

private:
    struct State {
        std::size_t most_bytes;
        bool reached;
    };

    /// Here, and not handed on, because stb_image's hooks take no argument of ours.
    static inline thread_local State current_{0, false};

    State before_;
};

}  // namespace likeness
