/// How rows are skipped without changing a result.
///
/// Let q be the query and r a row, N values each. Beside its floats a row is kept as bytes c with
/// r ≈ r̂ = o + s·c (o: its smallest value, s: a 255th of its range), and the query for the time of
/// a search as 16-bit integers d with q ≈ q̂ = t·d. With the remainders e = r − r̂ and f = q − q̂,
///
///     q·r = q̂·r̂ + q̂·e + f·r ≤ q̂·r̂ + |q̂||e| + |f||r|           (Cauchy and Schwarz, twice)
///
/// whatever the values, and so, divided by |q||r|,
///
///     cos(q, r) ≤ t/|q| · (s/|r| · d·c + o/|r| · Σd) + |q̂|/|q| · |e|/|r| + |f|/|q|.
///
/// d·c and Σd are sums of integers, and exact. If the right side isn't above the k-th best cosine
/// so far, the row is no better, and as its number is higher it loses a tie as well.
///
/// Rounding. All of this is computed in double, u = 2^-53, with N ≤ 2^16.
/// - A sum of N squares or products in 8 stripes has an error of at most (N/8 + 8)·u < 2^-39 of the
///   sum of the magnitudes, and |q||r| bounds that sum for q·r. So a computed cosine is at most
///   2^-38 above the true one, and |q|, |r|, |e|, |q̂|, |f| are computed to 2^-39, relatively.
/// - s·c and o have at most twice, once, the length |r|·√N, and |q̂| ≤ 2|q|, so that the products
///   t/|q|·s/|r|·d·c and t/|q|·o/|r|·Σd are at most 4·√N ≤ 2^10 large; their factors carry 2^-38 of
///   relative error, together less than 2^-26 in the sum.
/// - A value of e or f is computed to 9·u times the length of its vector, which moves |e|/|r| and
///   |f|/|q| by at most 9·√N·u < 2^-41.
/// The sum of all that is below 2^-25; `rounding` is added to the right side and is 32 times as
/// much.
#include "likeness/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "all_finite.hpp"
#include "dot.hpp"
#include "message.hpp"
#include "simd.hpp"

namespace likeness {
namespace {

constexpr double rounding = 0x1p-20;

/// Bytes of floats in a block.
constexpr std::size_t block_bytes = std::size_t{4} << 20U;

/// Codes are read this many at a time; those past a vector's end are zero.
constexpr std::size_t code_step = 16;

constexpr int max_code = 255;

/// Rows of a band whose doubles stay in the second-level cache while the other rows pass by.
constexpr std::size_t band_rows = 8;

std::size_t round_up(std::size_t count, std::size_t step) {
    return (count + step - 1) / step * step;
}

/// The largest magnitude for a query's codes with which no 32-bit lane overflows: each of the four
/// adds a quarter of the products.
int max_query_code(std::size_t code_count) {
    const std::size_t products = code_count / 4;
    const std::size_t most = std::numeric_limits<std::int32_t>::max() / (products * max_code);
    return static_cast<int>(std::min<std::size_t>(most, std::numeric_limits<std::int16_t>::max()));
}

/// Σ codes·query, exact.
std::int64_t code_dot(const std::uint8_t* codes, const std::int16_t* query, std::size_t count) {
    using simd::Int16x8;
    simd::Int32x4 even{};
    simd::Int32x4 odd{};
    for (std::size_t i = 0; i < count; i += code_step) {
        even +=
            simd::multiply_add_pairs(simd::load_widened(codes + i), simd::load<Int16x8>(query + i));
        odd += simd::multiply_add_pairs(simd::load_widened(codes + i + 8),
                                        simd::load<Int16x8>(query + i + 8));
    }
    const simd::Int32x4 sum = even + odd;
    return std::int64_t{sum[0]} + sum[1] + sum[2] + sum[3];
}

/// The order of answers: larger cosines first, equal ones by row number.
bool precedes(const Neighbour& a, const Neighbour& b) {
    return a.cosine > b.cosine || (a.cosine == b.cosine && a.row < b.row);
}

Error mismatch(const std::string& model, const std::string& other) {
    return {ErrorCode::model_mismatch, "embeddings of " + model + " and " + other +
                                           " don't compare: embed all images with the same "
                                           "model and view"};
}

/// Empty where memory has come to its end.
template <class T>
std::unique_ptr<T[], FreeDeleter> allocate(std::size_t count) {
    return std::unique_ptr<T[], FreeDeleter>(static_cast<T*>(std::malloc(count * sizeof(T))));
}

}  // namespace

Status EmbeddingIndex::add(const std::string& model, std::size_t dimension,
                           std::span<const float> values) {
    if (auto status = check(model, dimension, values); !status) return status;
    if (values.empty()) return {};
    if (size_ == 0) {
        model_ = model;
        dimension_ = dimension;
        code_stride_ = round_up(dimension, code_step);
        block_rows_ = std::max<std::size_t>(1, block_bytes / (dimension * sizeof(float)));
    }
    const std::size_t rows = values.size() / dimension;
    if (auto status = grow(rows); !status) {
        // Gives back the blocks that there was room for.
        keep_first(size_);
        return status;
    }
    for (std::size_t row = 0; row < rows; ++row) append(values.data() + row * dimension);
    return {};
}

Status EmbeddingIndex::check(const std::string& model, std::size_t dimension,
                             std::span<const float> values) const {
    if (dimension == 0 || dimension > max_dimension) {
        return Error{
            ErrorCode::invalid_argument,
            message({"embeddings of ", dimension, " values: an index takes 1 to ", max_dimension})};
    }
    if (values.size() % dimension != 0) {
        return Error{ErrorCode::invalid_argument,
                     message({values.size(), " values aren't whole embeddings of ", dimension})};
    }
    if (size_ > 0 && model != model_) return mismatch(model_, model);
    if (size_ > 0 && dimension != dimension_) {
        return Error{ErrorCode::invalid_argument,
                     message({"embeddings of ", dimension, " values don't go with the ", dimension_,
                              " of those that are there"})};
    }
    for (std::size_t start = 0; start < values.size(); start += dimension) {
        const auto row = values.subspan(start, dimension);
        const std::string name = message({"embedding ", size_ + start / dimension});
        if (!all_finite(row)) {
            return Error{ErrorCode::invalid_argument,
                         name + " holds a value that isn't a finite number"};
        }
        if (std::all_of(row.begin(), row.end(), [](float value) { return value == 0.0F; })) {
            return Error{ErrorCode::zero_embedding, name + " is all zeros and has no direction"};
        }
    }
    return {};
}

Status EmbeddingIndex::grow(std::size_t rows) {
    while (blocks_.size() * block_rows_ - size_ < rows) {
        Block& block = blocks_.emplace_back();
        block.values = allocate<float>(block_rows_ * dimension_);
        block.codes = allocate<std::uint8_t>(block_rows_ * code_stride_);
        block.bounds = allocate<RowBound>(block_rows_);
        if (!block.values || !block.codes || !block.bounds) {
            return Error{ErrorCode::out_of_memory,
                         message({"the index holds ", size_, " embeddings, and ", rows,
                                  " more don't fit in memory"})};
        }
    }
    return {};
}

void EmbeddingIndex::append(const float* row) {
    const Block& block = blocks_[size_ / block_rows_];
    const std::size_t place = size_ % block_rows_;
    std::copy(row, row + dimension_, block.values.get() + place * dimension_);

    const auto [lowest, highest] = std::minmax_element(row, row + dimension_);
    const double offset = *lowest;
    const double step = (static_cast<double>(*highest) - offset) / max_code;
    // Any code is a valid one, so that a product may stand for the quotient.
    const double scale = step > 0.0 ? 1.0 / step : 0.0;
    std::uint8_t* const codes = block.codes.get() + place * code_stride_;
    std::fill(codes + dimension_, codes + code_stride_, std::uint8_t{0});
    double error = 0.0;
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double value = row[i];
        codes[i] = static_cast<std::uint8_t>(
            std::min((value - offset) * scale + 0.5, static_cast<double>(max_code)));
        const double remainder = value - (offset + step * codes[i]);
        error += remainder * remainder;
    }
    const double square_sum = dot(row, row, dimension_);
    const double length = std::sqrt(square_sum);
    block.bounds[place] = {.square_sum = square_sum,
                           .step = step / length,
                           .offset = offset / length,
                           .error = std::sqrt(error) / length};
    ++size_;
}

void EmbeddingIndex::keep_first(std::size_t count) {
    size_ = std::min(size_, count);
    if (size_ == 0) {
        *this = EmbeddingIndex();
    } else {
        blocks_.resize((size_ + block_rows_ - 1) / block_rows_);
    }
}

Result<std::vector<Neighbour>> EmbeddingIndex::nearest(const Embedding& query,
                                                       std::size_t k) const {
    auto search = NearestSearch::create(*this, query, k);
    if (!search) return std::move(search).error();
    search.value().advance(size_);
    return search.value().finish();
}

std::size_t EmbeddingIndex::pair_count(std::size_t first, std::size_t last) const noexcept {
    std::size_t count = 0;
    for (std::size_t row = first; row < last; ++row) count += size_ - 1 - row;
    return count;
}

Status EmbeddingIndex::pairwise(std::size_t first, std::size_t last,
                                std::span<float> cosines) const {
    if (first > last || last > size_) {
        return Error{ErrorCode::invalid_argument,
                     message({"rows ", first, " to ", last, " of an index of ", size_})};
    }
    if (cosines.size() != pair_count(first, last)) {
        return Error{ErrorCode::invalid_argument, message({cosines.size(), " numbers for ",
                                                           pair_count(first, last), " cosines"})};
    }
    std::vector<double> band(band_rows * dimension_);
    std::vector<double> other(dimension_);
    float* rest = cosines.data();
    for (std::size_t start = first; start < last; start += band_rows) {
        const std::size_t end = std::min(start + band_rows, last);
        for (std::size_t row = start; row < end; ++row) {
            std::copy(values(row), values(row) + dimension_,
                      band.data() + (row - start) * dimension_);
        }
        for (std::size_t column = start + 1; column < size_; ++column) {
            std::copy(values(column), values(column) + dimension_, other.data());
            float* line = rest;
            for (std::size_t row = start; row < std::min(end, column); ++row) {
                const double product =
                    dot(band.data() + (row - start) * dimension_, other.data(), dimension_);
                line[column - row - 1] = static_cast<float>(
                    cosine(product, bound(row).square_sum, bound(column).square_sum));
                line += size_ - 1 - row;
            }
        }
        rest += pair_count(start, end);
    }
    return {};
}

const float* EmbeddingIndex::values(std::size_t row) const noexcept {
    return blocks_[row / block_rows_].values.get() + row % block_rows_ * dimension_;
}

const std::uint8_t* EmbeddingIndex::codes(std::size_t row) const noexcept {
    return blocks_[row / block_rows_].codes.get() + row % block_rows_ * code_stride_;
}

const EmbeddingIndex::RowBound& EmbeddingIndex::bound(std::size_t row) const noexcept {
    return blocks_[row / block_rows_].bounds[row % block_rows_];
}

Result<NearestSearch> NearestSearch::create(const EmbeddingIndex& index, const Embedding& query,
                                            std::size_t k) {
    if (index.size() > 0 && query.model != index.model()) {
        return mismatch(index.model(), query.model);
    }
    const std::size_t dimension = query.vector.size();
    if (dimension == 0 || dimension > EmbeddingIndex::max_dimension) {
        return Error{ErrorCode::invalid_argument,
                     message({"a query of ", dimension, " values: it has 1 to ",
                              EmbeddingIndex::max_dimension})};
    }
    if (index.size() > 0 && dimension != index.dimension()) {
        return Error{ErrorCode::invalid_argument,
                     message({"a query of ", dimension, " values doesn't go with embeddings of ",
                              index.dimension()})};
    }
    if (!all_finite(query.vector)) {
        return Error{ErrorCode::invalid_argument,
                     "the query holds a value that isn't a finite number"};
    }
    if (std::all_of(query.vector.begin(), query.vector.end(),
                    [](float value) { return value == 0.0F; })) {
        return Error{ErrorCode::zero_embedding, "the query is all zeros and has no direction"};
    }
    return NearestSearch(index, query.vector, k);
}

NearestSearch::NearestSearch(const EmbeddingIndex& index, const std::vector<float>& query,
                             std::size_t k)
    : index_(&index),
      k_(std::min(k, index.size())),
      query_(query.begin(), query.end()),
      square_sum_(dot(query.data(), query.data(), query.size())),
      codes_(round_up(query.size(), code_step)) {
    const double largest =
        std::abs(*std::max_element(query_.begin(), query_.end(),
                                   [](double a, double b) { return std::abs(a) < std::abs(b); }));
    const double step = largest / max_query_code(codes_.size());
    double kept = 0.0;
    double error = 0.0;
    for (std::size_t i = 0; i < query_.size(); ++i) {
        const double nudge = query_[i] < 0.0 ? -0.5 : 0.5;
        codes_[i] = static_cast<std::int16_t>(query_[i] / step + nudge);
        const double rounded = step * codes_[i];
        kept += rounded * rounded;
        error += (query_[i] - rounded) * (query_[i] - rounded);
        code_sum_ += codes_[i];
    }
    const double length = std::sqrt(square_sum_);
    step_ = step / length;
    kept_ = std::sqrt(kept) / length;
    error_ = std::sqrt(error) / length;
    best_.reserve(k_);
}

bool NearestSearch::advance(std::size_t rows) {
    const std::size_t left = index_->size() - next_;
    const std::size_t end = k_ == 0 ? index_->size() : next_ + std::min(rows, left);
    if (k_ == 0) next_ = end;
    for (; next_ < end; ++next_) {
        if (best_.size() == k_ && upper_bound(next_) <= best_.front().cosine) continue;
        const double product = dot(index_->values(next_), query_.data(), query_.size());
        consider({.row = next_,
                  .cosine = cosine(product, square_sum_, index_->bound(next_).square_sum)});
        ++computed_;
    }
    return next_ < index_->size();
}

void NearestSearch::skip(std::size_t rows) noexcept {
    next_ += std::min(rows, index_->size() - next_);
}

double NearestSearch::upper_bound(std::size_t row) const noexcept {
    const EmbeddingIndex::RowBound& bound = index_->bound(row);
    const auto product =
        static_cast<double>(code_dot(index_->codes(row), codes_.data(), codes_.size()));
    return step_ * (bound.step * product + bound.offset * code_sum_) + kept_ * bound.error +
           error_ + rounding;
}

void NearestSearch::consider(Neighbour candidate) {
    if (best_.size() == k_) {
        if (!precedes(candidate, best_.front())) return;
        std::pop_heap(best_.begin(), best_.end(), precedes);
        best_.pop_back();
    }
    best_.push_back(candidate);
    std::push_heap(best_.begin(), best_.end(), precedes);
}

std::vector<Neighbour> NearestSearch::finish() {
    std::sort_heap(best_.begin(), best_.end(), precedes);
    return std::move(best_);
}

}  // namespace likeness
