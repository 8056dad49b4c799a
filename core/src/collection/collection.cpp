#include "likeness/collection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "all_finite.hpp"
#include "collection/feature_index.hpp"
#include "collection/hash_index.hpp"
#include "collection/keeper.hpp"
#include "collection/leaf_order.hpp"
#include "collection/proofs.hpp"
#include "heap_sort.hpp"
#include "likeness/rating.hpp"
#include "likeness/similarity.hpp"
#include "message.hpp"
#include "registration/description.hpp"

namespace likeness {
namespace {

using namespace collection;

/// The nearest pictures by their embeddings that are candidates, and from which cosine on.
constexpr std::size_t most_near = 4;
constexpr double least_near = 0.9;

/// Pictures with more points than that have them in common with their copies; where they haven't,
/// one look-alike in a hundred is a copy.
constexpr std::size_t few_points = 32;

constexpr double percent = 100.0;

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

Status check_sketch(const PictureSketch& sketch) {
    if (sketch.size.width < 1 || sketch.size.height < 1 || sketch.frames < 1) {
        return invalid("an image has at least one pixel and one frame");
    }
    if (sketch.oversampling < 1 || sketch.oversampling > SketchFeatures::most_oversampling) {
        return invalid(
            message({"an image is oversampled by 1 to ", SketchFeatures::most_oversampling}));
    }
    if (sketch.points.size() > SketchFeatures::max_points) {
        return invalid(message({"a sketch has at most ", SketchFeatures::max_points,
                                " points, not ", sketch.points.size()}));
    }
    if (sketch.hashes.size() != hash_orientations &&
        sketch.hashes.size() != 2 * hash_orientations) {
        return invalid(
            message({"a sketch has hashes in eight orientations, of one luma or two, not ",
                     sketch.hashes.size()}));
    }
    return {};
}

}  // namespace

Result<PictureSketch> PictureSketch::of(const Fingerprint& fingerprint,
                                        const SketchFeatures& features) {
    PictureSketch sketch{fingerprint.size,      fingerprint.digest,      fingerprint.frames,   {},
                         features.corners.size, features.corners.points, features.oversampling};
    const bool bordered = fingerprint.luma != fingerprint.full_luma;
    for (const auto* luma : {&fingerprint.luma, &fingerprint.full_luma}) {
        if (luma == &fingerprint.full_luma && !bordered) break;
        for (int value = 1; value <= static_cast<int>(hash_orientations); ++value) {
            const auto hash = perceptual_hash(*luma, static_cast<Orientation>(value));
            if (!hash) return hash.error();
            sketch.hashes.push_back(hash.value());
        }
    }
    return sketch;
}

CopyProof CopyProof::of(const Evidence& evidence, Size size_a, Size size_b) noexcept {
    CopyProof proof;
    proof.kind = evidence.copy;
    if (evidence.same_pixels) return proof;
    proof.scale = std::sqrt(registration::pixels(size_b) / registration::pixels(size_a));
    if (!evidence.registration || !evidence.registration->registered) return proof;
    const Registration& r = *evidence.registration;
    constexpr double sine_of_degree = 0.01745;
    return {evidence.copy,
            r.transform.scale,
            r.covered_a,
            r.covered_b,
            r.content_covered_a,
            r.content_covered_b,
            r.blur,
            r.noise,
            std::min(std::abs(r.transform.cosine), std::abs(r.transform.sine)) > sine_of_degree,
            r.greyscale_a,
            r.greyscale_b};
}

struct Collection::State {
    struct Picture {
        Size size;  ///< Of nothing where there is no sketch.
        FileFacts file;
        bool bordered;
        int oversampling;
        /// The first picture with the same pixels: often the picture itself.
        std::uint32_t first;
        /// There is a sketch, or was until candidates were found.
        bool sketched;
        bool few_points;
        std::optional<PictureSketch> sketch;
    };

    using Pixels = std::tuple<int, int, int, std::uint64_t, std::uint64_t>;

    explicit State(EmbeddingSpace its_space) : space(std::move(its_space)) {}

    [[nodiscard]] bool is_first(std::size_t item) const { return pictures[item].first == item; }

    /// Whether others may be copies of it: one of several with the same pixels stands for all.
    [[nodiscard]] bool compared(std::size_t item) const {
        return pictures[item].sketched && is_first(item);
    }

    void search(std::uint32_t item);
    void search_embeddings(std::uint32_t item);

    [[nodiscard]] Standing standing(std::size_t item) const {
        const Picture& picture = pictures[item];
        return {item, picture.file, picture.bordered, picture.oversampling};
    }

    /// By number of the first of them, the pictures with the same pixels, the first one included.
    [[nodiscard]] std::vector<std::vector<std::size_t>> twins() const;

    EmbeddingSpace space;
    EmbeddingIndex embeddings;
    std::vector<Picture> pictures;
    std::map<Pixels, std::uint32_t> first_with;
    FeatureIndex features;
    HashIndex hashes;
    Proofs proofs;
    std::size_t searched = 0;
};

void Collection::State::search(std::uint32_t item) {
    if (!compared(item)) return;
    const PictureSketch& sketch = *pictures[item].sketch;
    for (const std::uint32_t other : hashes.find(sketch.hashes)) proofs.suggest(other, item);
    for (const std::uint32_t other : features.find(sketch.points)) proofs.suggest(other, item);
    search_embeddings(item);
    hashes.add(item, sketch.hashes);
    features.add(item, sketch.points);
    pictures[item].sketch.reset();
}

void Collection::State::search_embeddings(std::uint32_t item) {
    const auto row = embeddings.row(item);
    auto search = NearestSearch::create(embeddings, {embeddings.model(), {row.begin(), row.end()}},
                                        most_near);
    // What is in the index is fit to be a query.
    if (!search) return;
    const auto looked_at = [&](std::size_t other) {
        return compared(other) && (pictures[item].few_points || pictures[other].few_points);
    };
    for (std::size_t other = 0; other < item;) {
        const std::size_t first = other;
        const bool wanted = looked_at(first);
        while (other < item && looked_at(other) == wanted) ++other;
        if (wanted) {
            search.value().advance(other - first);
        } else {
            search.value().skip(other - first);
        }
    }
    for (const Neighbour& near : search.value().finish()) {
        if (near.cosine >= least_near) {
            proofs.suggest(static_cast<std::uint32_t>(near.row), item);
        }
    }
}

std::vector<std::vector<std::size_t>> Collection::State::twins() const {
    std::vector<std::vector<std::size_t>> all(pictures.size());
    for (std::size_t item = 0; item < pictures.size(); ++item) {
        all[pictures[item].first].push_back(item);
    }
    return all;
}

Result<Collection> Collection::create(EmbeddingSpace space) {
    if (space.dimension == 0 || space.dimension > EmbeddingIndex::max_dimension) {
        return invalid(
            message({"embeddings of ", space.dimension, " values: a collection takes 1 to ",
                     EmbeddingIndex::max_dimension}));
    }
    if (!space.mean.empty() && space.mean.size() != space.dimension) {
        return invalid(message({"the mean embedding has ", space.mean.size(),
                                " values, the others have ", space.dimension}));
    }
    if (!all_finite(space.mean)) {
        return invalid("the mean embedding holds a value that isn't a finite number");
    }
    return Collection(std::make_unique<State>(std::move(space)));
}

Collection::Collection(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Collection::Collection(Collection&&) noexcept = default;
Collection& Collection::operator=(Collection&&) noexcept = default;
Collection::~Collection() = default;

std::size_t Collection::size() const noexcept { return state_->pictures.size(); }

std::size_t Collection::first_with_pixels_of(std::size_t item) const noexcept {
    return state_->pictures[item].first;
}

Status Collection::add(const Embedding& embedding, const std::optional<PictureSketch>& sketch,
                       FileFacts file) {
    State& state = *state_;
    const EmbeddingSpace& space = state.space;
    if (embedding.model != space.model) {
        return Error{ErrorCode::model_mismatch,
                     "an embedding comes from " + embedding.model +
                         ", but the collection holds those of " + space.model +
                         ": embed all images with the same model and view"};
    }
    if (embedding.vector.size() != space.dimension) {
        return invalid(message({"an embedding of this collection has ", space.dimension,
                                " values, not ", embedding.vector.size()}));
    }
    if (!std::isfinite(file.bytes) || !std::isfinite(file.modified)) {
        return invalid("the size and the time of a file are finite numbers");
    }
    if (size() >= std::numeric_limits<std::uint32_t>::max() / SketchFeatures::max_points) {
        return Error{ErrorCode::out_of_memory, "a collection holds at most 22 million images"};
    }
    if (sketch) {
        if (auto status = check_sketch(*sketch); !status) return status;
    }
    auto vector = space.mean.empty()
                      ? Result<std::vector<float>>(embedding.vector)
                      : centre(embedding.vector, static_cast<int>(space.dimension), 1, space.mean);
    if (!vector) return std::move(vector).error();
    if (auto status = state.embeddings.add(space.model, space.dimension, vector.value()); !status) {
        return status;
    }
    const auto item = static_cast<std::uint32_t>(size());
    std::uint32_t first = item;
    if (sketch) {
        first = state.first_with
                    .insert({{sketch->size.width, sketch->size.height, sketch->frames,
                              sketch->digest[0], sketch->digest[1]},
                             item})
                    .first->second;
    }
    state.pictures.push_back(
        {sketch ? sketch->size : Size{}, file, sketch && sketch->hashes.size() > hash_orientations,
         sketch ? sketch->oversampling : 1, first, sketch.has_value(),
         sketch && sketch->points.size() <= few_points, first == item ? sketch : std::nullopt});
    state.proofs.resize(size());
    return {};
}

bool Collection::advance(std::size_t pictures) {
    std::size_t& next = state_->searched;
    const std::size_t end = next + std::min(pictures, size() - next);
    for (; next < end; ++next) state_->search(static_cast<std::uint32_t>(next));
    return next < size();
}

std::size_t Collection::searched() const noexcept { return state_->searched; }

std::size_t Collection::candidate_count() const noexcept {
    return state_->proofs.candidate_count();
}

std::vector<PicturePair> Collection::candidates(std::size_t most) const {
    return state_->proofs.candidates(most);
}

Status Collection::verify(PicturePair pair, const CopyProof& proof) {
    State& state = *state_;
    const auto [a, b] = pair;
    const std::string name = message({"images ", a, " and ", b});
    if (a >= b || b >= size()) {
        return invalid(message({name, " are no pair of a collection of ", size()}));
    }
    if (!state.pictures[a].sketched || !state.pictures[b].sketched) {
        return invalid(name + " can't be copies: one of them has no sketch");
    }
    PicturePair firsts{state.pictures[a].first, state.pictures[b].first};
    if (firsts.a == firsts.b) return invalid(name + " have the same pixels, which needs no proof");
    const std::array numbers{proof.covered_a,         proof.covered_b, proof.content_covered_a,
                             proof.content_covered_b, proof.blur,      proof.noise};
    if (!std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isfinite(x); }) ||
        !std::isfinite(proof.scale) || proof.scale <= 0.0) {
        return invalid("a proof consists of finite numbers, and its scale is above 0");
    }
    const bool turned = firsts.a > firsts.b;
    if (turned) std::swap(firsts.a, firsts.b);
    if (state.proofs.knows(firsts)) return invalid(name + " have been verified before");
    state.proofs.take(firsts, turned ? swapped(proof) : proof);
    return {};
}

Status Collection::verify(PicturePair pair, const Evidence& evidence) {
    // A pair that isn't there is refused with any proof.
    if (pair.a >= size() || pair.b >= size()) return verify(pair, CopyProof{});
    return verify(pair, CopyProof::of(evidence, state_->pictures[pair.a].size,
                                      state_->pictures[pair.b].size));
}

std::vector<ProvenPair> Collection::proven() const {
    std::vector<ProvenPair> pairs = state_->proofs.proven();
    CopyProof same_pixels;
    same_pixels.kind = CopyKind::identical;
    for (std::size_t item = 0; item < size(); ++item) {
        if (!state_->is_first(item)) {
            pairs.push_back({{state_->pictures[item].first, item}, same_pixels});
        }
    }
    heap_sort(pairs, [](const ProvenPair& p, const ProvenPair& q) {
        return std::pair(p.pair.b, p.pair.a) < std::pair(q.pair.b, q.pair.a);
    });
    return pairs;
}

std::vector<CopyGroup> Collection::groups(std::span<const PicturePair> refused) const {
    const Proofs& proofs = state_->proofs;
    // By the first of those with the same pixels, unless both have the same.
    const auto named = [&](std::size_t one, std::size_t other) {
        const std::size_t first = first_with_pixels_of(one);
        const std::size_t second = first_with_pixels_of(other);
        return first == second ? std::minmax({one, other}) : std::minmax({first, second});
    };
    std::set<std::pair<std::size_t, std::size_t>> kept_apart;
    for (const auto& [a, b] : refused) {
        if (a < size() && b < size()) kept_apart.insert(named(a, b));
    }
    const auto twins = state_->twins();
    /// One of several pictures with the same pixels is judged, and kept, for all of them.
    struct Chief {
        Standing standing;
        std::size_t first;
        std::size_t better;  ///< Copies that are better.
    };
    CopyProof same_pixels;
    same_pixels.kind = CopyKind::identical;
    std::vector<Standing> best;
    for (std::size_t item = 0; item < size(); ++item) {
        Standing standing = state_->standing(item);
        for (const std::size_t twin : twins[item]) {
            const Standing other = state_->standing(twin);
            if (twin != standing.item && is_better(other, standing, same_pixels)) standing = other;
        }
        best.push_back(standing);
    }
    const auto proof_for = [&](std::size_t one, std::size_t other) {
        const auto [a, b] = std::minmax(one, other);
        const CopyProof& proof = proofs.proof_of({a, b});
        return one == a ? proof : swapped(proof);
    };
    std::vector<Chief> chiefs;
    for (std::size_t first = 0; first < size(); ++first) {
        if (!state_->is_first(first)) continue;
        const auto& copies = proofs.copies_of(first);
        if (twins[first].size() < 2 && copies.empty()) continue;
        const auto better = std::count_if(copies.begin(), copies.end(), [&](std::size_t other) {
            return is_better(best[other], best[first], proof_for(other, first));
        });
        chiefs.push_back({best[first], first, static_cast<std::size_t>(better)});
    }
    heap_sort(chiefs, [](const Chief& p, const Chief& q) {
        return p.better < q.better || (p.better == q.better && p.first < q.first);
    });

    std::vector<bool> taken(size());
    std::vector<CopyGroup> groups;
    for (const Chief& chief : chiefs) {
        if (taken[chief.first]) continue;
        CopyGroup group{chief.standing.item, {}};
        const auto take = [&](std::size_t first) {
            taken[first] = true;
            for (const std::size_t twin : twins[first]) {
                const bool spare =
                    twin != group.kept && !kept_apart.contains(named(group.kept, twin));
                if (spare) group.spare.push_back(twin);
            }
        };
        take(chief.first);
        for (const std::size_t other : proofs.copies_of(chief.first)) {
            const bool good_enough =
                stands_in(best[chief.first], best[other], proof_for(chief.first, other));
            const bool apart = kept_apart.contains(named(chief.first, other));
            if (!taken[other] && good_enough && !apart) take(other);
        }
        heap_sort(group.spare);
        if (!group.spare.empty()) groups.push_back(std::move(group));
    }
    const auto first_of = [](const CopyGroup& group) {
        return std::min(group.kept, group.spare.front());
    };
    heap_sort(groups,
              [&](const CopyGroup& p, const CopyGroup& q) { return first_of(p) < first_of(q); });
    return groups;
}

Result<std::vector<AlikePicture>> Collection::nearest(std::size_t item, std::size_t k) const {
    if (item >= size()) {
        return invalid(message({"there is no image ", item, " of ", size()}));
    }
    const EmbeddingIndex& index = state_->embeddings;
    const auto row = index.row(item);
    auto found =
        index.nearest({index.model(), {row.begin(), row.end()}}, std::min(k, size() - 1) + 1);
    if (!found) return std::move(found).error();
    std::vector<AlikePicture> alike;
    for (const Neighbour& near : found.value()) {
        if (near.row == item || alike.size() == k) continue;
        alike.push_back({near.row, near.cosine, score(near.cosine)});
    }
    return alike;
}

Result<ScoreMatrix> Collection::matrix(std::span<const std::size_t> items) const {
    if (items.size() > largest_matrix) {
        return invalid(
            message({"a matrix is made of up to ", largest_matrix, " images, not ", items.size()}));
    }
    for (const std::size_t item : items) {
        if (item >= size()) {
            return invalid(message({"there is no image ", item, " of ", size()}));
        }
    }
    const std::size_t count = items.size();
    std::vector<double> cosines(count * count, 1.0);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = i + 1; j < count; ++j) {
            const auto cosine = cosine_similarity(state_->embeddings.row(items[i]),
                                                  state_->embeddings.row(items[j]));
            if (!cosine) return cosine.error();
            cosines[i * count + j] = cosines[j * count + i] = cosine.value();
        }
    }
    ScoreMatrix matrix{leaf_order(count, cosines), std::vector<float>(count * count)};
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            const double cosine = cosines[matrix.order[i] * count + matrix.order[j]];
            matrix.scores[i * count + j] = static_cast<float>(i == j ? percent : score(cosine));
        }
    }
    return matrix;
}

Result<std::vector<ScoredPair>> Collection::pairs_from(double score, std::size_t first,
                                                       std::size_t last) const {
    const EmbeddingIndex& index = state_->embeddings;
    if (first > last || last > size()) {
        return invalid(message({"images ", first, " to ", last, " of ", size()}));
    }
    std::vector<float> cosines(index.pair_count(first, last));
    if (auto status = index.pairwise(first, last, cosines); !status) {
        return std::move(status).error();
    }
    const double least = least_cosine(score);
    std::vector<ScoredPair> pairs;
    auto cosine = cosines.begin();
    for (std::size_t a = first; a < last; ++a) {
        for (std::size_t b = a + 1; b < size(); ++b, ++cosine) {
            if (static_cast<double>(*cosine) < least) continue;
            pairs.push_back({{a, b}, this->score(*cosine)});
        }
    }
    return pairs;
}

double Collection::score(double cosine) const noexcept {
    return unproven_score(state_->space.score, cosine);
}

double Collection::least_cosine(double score) const noexcept {
    constexpr double above_all = 2.0;
    constexpr int halvings = 41;
    double low = -1.0;
    double high = 1.0;
    if (this->score(low) >= score) return low;
    if (this->score(high) < score) return above_all;
    for (int i = 0; i < halvings; ++i) {
        const double middle = (low + high) / 2.0;
        (this->score(middle) >= score ? high : low) = middle;
    }
    return high;
}

const EmbeddingIndex& Collection::embeddings() const noexcept { return state_->embeddings; }

}  // namespace likeness
