#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <utility>

#include "all_finite.hpp"
#include "heap_sort.hpp"
#include "likeness/candidates.hpp"
#include "likeness/nearest.hpp"
#include "message.hpp"
#include "simd.hpp"

namespace likeness {
namespace {

/// Places to which each value of an embedding is added.
constexpr std::size_t places_each = 4;

constexpr std::size_t block_rows = 4096;

/// Rows whose pieces are copied side by side. The halves of the halves of a million lie scattered
/// over more pages of memory than a processor has at hand.
constexpr std::size_t tile_rows = 16 * block_rows;

/// The largest number of a code.
constexpr int most_code = 127;

/// The probability that two embeddings with a cosine of 0.9 are on one side of a random plane.
constexpr double together = 0.8564;

/// Rows that a leaf has on average: half of its size and more.
constexpr std::size_t typical_leaf = 45;

/// Splits of a million embeddings, until leaves are left.
constexpr int least_depth = 15;

constexpr double most_missed = 0.0005;

/// SplitMix64 (G. Steele, D. Lea and C. Flood, OOPSLA 2014).
std::uint64_t mixed(std::uint64_t seed) noexcept {
    std::uint64_t z = seed + 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27U) * 0x94D049BB133111EB;
    return z ^ z >> 31U;
}

/// Values of a piece of a code.
constexpr std::size_t piece_length = 64;

/// Rows of a leaf that another one is compared with at once.
constexpr std::size_t rows_at_once = 4;

/// Where two pieces have a smaller cosine, the codes are not looked at. Those of embeddings with a
/// cosine of 0.9 have a standard deviation of 0.024.
constexpr float least_of_piece = 0.8F;

/// Rows of which the middle one tells where the middle of all is, about.
constexpr std::size_t sampled = 63;
static_assert(sampled <= NearSearch::leaf_size);

/// Σ a·b of one piece with each of four that follow each other, exact.
simd::Int32x4 piece_products(const std::int16_t* a, const std::int16_t* b) noexcept {
    simd::Int32x4 first{};
    simd::Int32x4 second{};
    simd::Int32x4 third{};
    simd::Int32x4 fourth{};
    for (std::size_t i = 0; i < piece_length; i += 8) {
        const auto values = simd::load<simd::Int16x8>(a + i);
        const auto product_with = [values](const std::int16_t* other) {
            return simd::multiply_add_pairs(values, simd::load<simd::Int16x8>(other));
        };
        first += product_with(b + i);
        second += product_with(b + piece_length + i);
        third += product_with(b + 2 * piece_length + i);
        fourth += product_with(b + 3 * piece_length + i);
    }
    return simd::sums_of(first, second, third, fourth);
}

using Direction = std::array<std::int16_t, piece_length>;

/// Σ a·b, exact: it stays below 64 · 127 · 32,767.
std::int32_t direction_product(const std::int8_t* a, const Direction& b) noexcept {
    simd::Int32x4 sum{};
    for (std::size_t i = 0; i < b.size(); i += 8) {
        sum += simd::multiply_add_pairs(simd::load_widened(a + i),
                                        simd::load<simd::Int16x8>(b.data() + i));
    }
    return sum[0] + sum[1] + sum[2] + sum[3];
}

/// From one code to another, both of length 1; as large as 16 bits allow.
Direction direction_between(const std::int8_t* from, float from_length, const std::int8_t* to,
                            float to_length) noexcept {
    std::array<float, piece_length> exact{};
    float most = 0.0F;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        exact[i] =
            static_cast<float>(to[i]) / to_length - static_cast<float>(from[i]) / from_length;
        most = std::max(most, std::abs(exact[i]));
    }
    constexpr float largest = 32767.0F;
    const float scale = most > 0.0F ? largest / most : 0.0F;
    Direction direction{};
    for (std::size_t i = 0; i < exact.size(); ++i) {
        direction[i] = static_cast<std::int16_t>(exact[i] * scale);
    }
    return direction;
}

/// A number that is ordered as the value is.
std::uint32_t ordered(float value) noexcept {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof(bits));
    constexpr std::uint32_t sign = 0x80000000;
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

}  // namespace

std::uint32_t NearSearch::trees_for(std::size_t embeddings) noexcept {
    int depth = 0;
    while (typical_leaf << depth < embeddings) ++depth;
    double found = 1.0;
    for (int i = 0; i < std::max(depth, least_depth); ++i) found *= together;
    std::uint32_t trees = 0;
    double missed = 1.0;
    while (missed > most_missed) {
        missed *= 1.0 - found;
        ++trees;
    }
    return trees;
}

Result<NearSearch> NearSearch::create(std::size_t dimension) {
    if (dimension == 0 || dimension > EmbeddingIndex::max_dimension) {
        return Error{ErrorCode::invalid_argument,
                     message({"embeddings of ", dimension, " values: a search takes 1 to ",
                              EmbeddingIndex::max_dimension})};
    }
    return NearSearch(dimension);
}

NearSearch::NearSearch(std::size_t dimension) : dimension_(dimension) {
    for (std::uint64_t i = 0; i < dimension * places_each; ++i) {
        const std::uint64_t bits = mixed(i);
        places_.push_back(static_cast<std::uint16_t>((bits >> 1U) % code_length * 2 + (bits & 1U)));
    }
}

Status NearSearch::add(std::span<const float> embedding, bool wanted) {
    if (embedding.size() != dimension_ || !all_finite(embedding)) {
        return Error{ErrorCode::invalid_argument,
                     message({"an embedding of this search has ", dimension_, " finite numbers"})};
    }
    std::array<float, code_length> projected{};
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const float value = embedding[i / places_each];
        projected[places_[i] >> 1U] += (places_[i] & 1U) != 0 ? -value : value;
    }
    float most = 0.0F;
    for (const float value : projected) most = std::max(most, std::abs(value));
    if (most == 0.0F) {
        return Error{ErrorCode::zero_embedding,
                     "an embedding of zeros has no direction: the image gave the model nothing"};
    }
    const std::size_t row = size();
    if (row % block_rows == 0) blocks_.emplace_back(block_rows * pieces);
    double square = 0.0;
    for (std::size_t i = 0; i < code_length; ++i) {
        const float scaled = projected[i] / most * most_code;
        const int rounded = static_cast<int>(scaled + (scaled < 0.0F ? -0.5F : 0.5F));
        Piece& piece = blocks_.back()[i / piece_length * block_rows + row % block_rows];
        piece[i % piece_length] = static_cast<std::int8_t>(rounded);
        square += rounded * rounded;
    }
    lengths_.push_back(static_cast<float>(std::sqrt(square)));
    wanted_.push_back(wanted ? 1 : 0);
    kept_.emplace_back();
    return {};
}

auto NearSearch::piece_of(std::uint32_t row, std::size_t piece) const noexcept -> const Piece& {
    return blocks_[row / block_rows][piece * block_rows + row % block_rows];
}

float NearSearch::estimate(std::uint32_t a, std::uint32_t b) const noexcept {
    simd::Int32x4 sum{};
    for (std::size_t piece = 0; piece < pieces; ++piece) {
        for (std::size_t i = 0; i < piece_length; i += 8) {
            sum += simd::multiply_add_pairs(simd::load_widened(piece_of(a, piece).data() + i),
                                            simd::load_widened(piece_of(b, piece).data() + i));
        }
    }
    const std::int32_t product = sum[0] + sum[1] + sum[2] + sum[3];
    return static_cast<float>(product) / (lengths_[a] * lengths_[b]);
}

/// A search through one tree.
class NearSearch::Tree {
public:
    /// Sees this piece of all codes.
    Tree(NearSearch& search, std::size_t piece)
        : search_(search),
          above_(search.size()),
          tile_pieces_(std::min(search.size(), tile_rows)),
          tile_lengths_(tile_pieces_.size()),
          tile_numbers_(tile_pieces_.size()) {
        for (const auto& block : search.blocks_) {
            whole_.blocks.push_back(block.data() + piece * block_rows);
        }
        whole_.lengths = search.lengths_;
        for (std::size_t row = 0; row < tile_pieces_.size(); row += block_rows) {
            tile_.blocks.push_back(tile_pieces_.data() + row);
        }
        tile_.lengths = tile_lengths_;
        tile_.numbers = tile_numbers_;
    }

    void search(std::uint64_t seed) {
        std::vector<std::uint32_t> rows(search_.size());
        std::iota(rows.begin(), rows.end(), 0U);
        split(whole_, rows, seed);
    }

private:
    /// A piece of each code, and the code's length.
    struct View {
        std::vector<const Piece*> blocks;
        std::span<const float> lengths;
        std::span<const std::uint32_t> numbers;  ///< Rows of the search; none if the view has all.

        [[nodiscard]] const std::int8_t* piece(std::uint32_t row) const noexcept {
            return blocks[row / block_rows][row % block_rows].data();
        }
        [[nodiscard]] std::uint32_t number(std::uint32_t row) const noexcept {
            return numbers.empty() ? row : numbers[row];
        }
    };

    /// `rows` are of the view, and are left in another order.
    void split(const View& view, std::span<std::uint32_t> rows, std::uint64_t seed);
    /// Copies what is seen of these rows of the whole, and goes on with the copies.
    void split_tile(std::span<std::uint32_t> rows, std::uint64_t seed);
    /// Each with each.
    void compare(const View& view, std::span<const std::uint32_t> rows);

    NearSearch& search_;
    std::vector<std::uint32_t> above_;  ///< Where a split puts its upper part first.
    View whole_;
    View tile_;
    std::vector<Piece> tile_pieces_;
    std::vector<float> tile_lengths_;
    std::vector<std::uint32_t> tile_numbers_;
};

void NearSearch::search(std::uint32_t tree) { Tree(*this, tree % pieces).search(mixed(tree)); }

void NearSearch::Tree::split_tile(std::span<std::uint32_t> rows, std::uint64_t seed) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::memcpy(tile_pieces_[i].data(), whole_.piece(rows[i]), sizeof(Piece));
        tile_lengths_[i] = whole_.lengths[rows[i]];
        tile_numbers_[i] = rows[i];
    }
    std::iota(rows.begin(), rows.end(), 0U);
    split(tile_, rows, seed);
}

void NearSearch::Tree::split(const View& view, std::span<std::uint32_t> rows, std::uint64_t seed) {
    if (&view == &whole_ && rows.size() <= tile_rows) {
        split_tile(rows, seed);
        return;
    }
    if (rows.size() <= leaf_size) {
        compare(view, rows);
        return;
    }
    const std::size_t one = mixed(seed) % rows.size();
    const std::size_t step = 1 + mixed(seed + 1) % (rows.size() - 1);
    const std::uint32_t from = rows[one];
    const std::uint32_t to = rows[(one + step) % rows.size()];
    const Direction direction =
        direction_between(view.piece(from), view.lengths[from], view.piece(to), view.lengths[to]);
    const auto place_of = [&](std::uint32_t row) {
        const std::int32_t product = direction_product(view.piece(row), direction);
        return ordered(static_cast<float>(product) / view.lengths[row]);
    };
    // Equal embeddings part in each tree elsewhere.
    const auto tie_of = [&](std::uint32_t row) {
        return static_cast<std::uint32_t>(mixed(seed ^ view.number(row)));
    };
    std::array<std::uint64_t, sampled> sample{};
    for (std::size_t i = 0; i < sampled; ++i) {
        const std::uint32_t row = rows[i * rows.size() / sampled];
        sample[i] = std::uint64_t{place_of(row)} << 32U | tie_of(row);
    }
    heap_sort(sample);
    const auto middle = static_cast<std::uint32_t>(sample[sampled / 2] >> 32U);
    const auto tie = static_cast<std::uint32_t>(sample[sampled / 2]);
    // Either part in its old order: which row is chosen next must not depend on the library. Each
    // row is written to both, since nothing foretells where it belongs.
    std::size_t below = 0;
    std::size_t above = 0;
    for (const std::uint32_t row : rows) {
        const std::uint32_t place = place_of(row);
        bool is_below = place < middle;
        if (place == middle) is_below = tie_of(row) < tie;
        rows[below] = row;
        above_[above] = row;
        below += is_below ? 1 : 0;
        above += is_below ? 0 : 1;
    }
    std::copy_n(above_.begin(), above, rows.begin() + static_cast<std::ptrdiff_t>(below));
    // About half of them; at least one where all of the sample are in one place even so.
    const std::size_t cut = std::clamp<std::size_t>(below, 1, rows.size() - 1);
    split(view, rows.first(cut), mixed(seed + 2));
    split(view, rows.subspan(cut), mixed(seed + 3));
}

void NearSearch::Tree::compare(const View& view, std::span<const std::uint32_t> rows) {
    // Behind the last row are zeros, for what is compared at once with it.
    std::array<std::int16_t, (leaf_size + rows_at_once) * piece_length> values{};
    std::array<float, leaf_size> lengths{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int8_t* const code = view.piece(rows[i]);
        simd::Int32x4 square{};
        for (std::size_t k = 0; k < piece_length; k += 8) {
            const simd::Int16x8 eight = simd::load_widened(code + k);
            simd::store(values.data() + i * piece_length + k, eight);
            square += simd::multiply_add_pairs(eight, eight);
        }
        lengths[i] = std::sqrt(static_cast<float>(square[0] + square[1] + square[2] + square[3]));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int16_t* const own = values.data() + i * piece_length;
        for (std::size_t j = 0; j < i; j += rows_at_once) {
            const simd::Int32x4 products = piece_products(own, values.data() + j * piece_length);
            for (std::size_t k = 0; k < std::min(i - j, rows_at_once); ++k) {
                const float least = least_of_piece * lengths[i] * lengths[j + k];
                if (static_cast<float>(products[k]) < least) continue;
                const std::uint32_t later = view.number(rows[i]);
                const std::uint32_t earlier = view.number(rows[j + k]);
                if ((search_.wanted_[later] | search_.wanted_[earlier]) == 0) continue;
                const float cosine = search_.estimate(later, earlier);
                if (cosine >= least_estimate) search_.keep(later, {cosine, earlier});
            }
        }
    }
}

void NearSearch::keep(std::uint32_t later, Kept pair) {
    auto& kept = kept_[later];
    const auto better = [](const Kept& p, const Kept& q) {
        return p.cosine > q.cosine || (p.cosine == q.cosine && p.earlier < q.earlier);
    };
    const auto place = std::lower_bound(kept.begin(), kept.end(), pair, better);
    if (place != kept.end() && place->earlier == pair.earlier) return;
    if (kept.size() < most_kept) {
        kept.insert(place, pair);
    } else if (place != kept.end()) {
        std::move_backward(place, kept.end() - 1, kept.end());
        *place = pair;
    }
}

std::vector<NearPair> NearSearch::found() const {
    std::vector<NearPair> pairs;
    for (std::uint32_t later = 0; later < kept_.size(); ++later) {
        for (const Kept& kept : kept_[later]) pairs.push_back({later, kept.earlier, kept.cosine});
    }
    return pairs;
}

}  // namespace likeness
