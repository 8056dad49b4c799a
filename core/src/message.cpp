#include "message.hpp"

namespace likeness {

void MessagePart::append_to(std::string& text) const {
    if (words_ == nullptr) {
        text += std::to_string(number_);
    } else {
        text.append(words_, static_cast<std::size_t>(number_));
    }
}

std::string message(std::initializer_list<MessagePart> parts) {
    std::string whole;
    for (const MessagePart& part : parts) part.append_to(whole);
    return whole;
}

}  // namespace likeness
