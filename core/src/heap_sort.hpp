/// @file
/// The order that std::sort makes, by code of a few hundred bytes: std::sort has two kilobytes for
/// each type and order, which every visitor of a page would load.
#pragma once

#include <algorithm>
#include <functional>

namespace likeness {

/// Sorts in place. As with std::sort, equal items end up in no particular order: `less` has to tell
/// apart what results depend on.
template <class Items, class Less = std::less<>>
void heap_sort(Items& items, Less less = {}) {
    std::make_heap(items.begin(), items.end(), less);
    std::sort_heap(items.begin(), items.end(), less);
}

}  // namespace likeness
