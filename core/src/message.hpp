/// @file
/// Messages of words and numbers. One function puts them together: a chain of additions of strings
/// is some hundred bytes of code for each message.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace likeness {

/// Words, or a whole number of at most 63 bits and a sign.
class MessagePart {
public:
    MessagePart(const char* words) : MessagePart(std::string_view(words)) {}
    MessagePart(const std::string& words) : MessagePart(std::string_view(words)) {}
    MessagePart(std::string_view words)
        : words_(words.data()), number_(static_cast<std::int64_t>(words.size())) {}

    template <std::integral Number>
    MessagePart(Number number) : number_(static_cast<std::int64_t>(number)) {}

    void append_to(std::string& text) const;

private:
    const char* words_ = nullptr;
    std::int64_t number_;  ///< Of characters where there are words.
};

/// The parts, one after the other.
[[nodiscard]] std::string message(std::initializer_list<MessagePart> parts);

}  // namespace likeness
