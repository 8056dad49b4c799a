/// @file
/// The core as JavaScript sees it; wasm/src/binding/wire.ts holds the same shapes as types. Errors
/// cross as values {ok, code, message, value}, arrays leave as copies, and bytes come in through a
/// staging view that C++ owns: one copy, where a std::string would take three.
#include <emscripten/bind.h>
#include <emscripten/em_js.h>
#include <emscripten/heap.h>
#include <emscripten/val.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <list>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "likeness/candidates.hpp"
#include "likeness/collection.hpp"
#include "likeness/decode.hpp"
#include "likeness/embedding.hpp"
#include "likeness/match_map.hpp"
#include "likeness/nearest.hpp"
#include "likeness/network.hpp"
#include "likeness/orientation.hpp"
#include "likeness/perceptual_hash.hpp"
#include "likeness/picture_reader.hpp"
#include "likeness/rating.hpp"
#include "likeness/similarity.hpp"

/// Leaves C++ for good, so that JavaScript tells a lack of memory from a fault of the code: an
/// abort() is the same trap for both. wasm/src/binding/trap.ts knows the message.
EM_JS(void, throw_out_of_memory, (), { throw new Error('out of memory'); });

/// In the place of the C library's, which is 4 kB: Embind would print the address of a type that
/// isn't bound, for a message that nobody sees, and nothing else prints.
extern "C" int siprintf(char* text, const char* /*format*/, ...) {  // NOLINT(cert-dcl50-cpp)
    *text = '\0';
    return 0;
}

namespace {

using emscripten::val;

val success(val value) {
    val outcome = val::object();
    outcome.set("ok", true);
    outcome.set("value", std::move(value));
    return outcome;
}

val failure(const likeness::Error& error) {
    val outcome = val::object();
    outcome.set("ok", false);
    outcome.set("code", std::string(likeness::to_string(error.code)));
    outcome.set("message", error.message);
    return outcome;
}

/// A copy that JavaScript owns: a view would dangle as soon as the memory grows.
template <class T>
val copy_of(const std::vector<T>& numbers) {
    return val(emscripten::typed_memory_view(numbers.size(), numbers.data())).call<val>("slice");
}

val floats_outcome(const likeness::Result<std::vector<float>>& numbers) {
    return numbers ? success(copy_of(numbers.value())) : failure(numbers.error());
}

/// Numbers as ONNX Runtime has tensors.
val to_tensor(const std::vector<float>& numbers, int channels, likeness::Size size) {
    val dims = val::array();
    for (const int length : {1, channels, size.height, size.width}) dims.call<void>("push", length);
    val object = val::object();
    object.set("data", copy_of(numbers));
    object.set("dims", dims);
    return object;
}

/// A network's input.
val to_js(const std::vector<float>& tensor, likeness::Size size) {
    return to_tensor(tensor, 3, size);
}

std::vector<float> floats(const val& array) {
    return emscripten::convertJSArrayToNumberVector<float>(array);
}

std::vector<double> doubles(const val& array) {
    return emscripten::convertJSArrayToNumberVector<double>(array);
}

std::vector<std::uint8_t> bytes(const val& array) {
    return emscripten::convertJSArrayToNumberVector<std::uint8_t>(array);
}

/// 16 hexadecimal digits, most significant first. By hand: printf would weigh 8 kB.
std::string hexadecimal(std::uint64_t bits) {
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(bits >> shift) & 0xFU];
    return text;
}

/// The 128 bits as 32 hexadecimal digits, most significant first.
std::string hexadecimal(const std::array<std::uint64_t, 2>& digest) {
    return hexadecimal(digest[1]) + hexadecimal(digest[0]);
}

/// The inverse of hexadecimal(), for text that wasm/src/binding/fingerprint.ts has checked. By
/// hand: strtoull would weigh a kilobyte.
std::array<std::uint64_t, 2> digest_from(const std::string& text) {
    std::array<std::uint64_t, 2> digest{};
    for (const char digit : text) {
        const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
        digest[1] = digest[1] << 4U | digest[0] >> 60U;
        digest[0] = digest[0] << 4U | static_cast<std::uint64_t>(value);
    }
    return digest;
}

val to_js(const likeness::Fingerprint& fingerprint) {
    val object = val::object();
    object.set("width", fingerprint.size.width);
    object.set("height", fingerprint.size.height);
    object.set("digest", hexadecimal(fingerprint.digest));
    object.set("greyscale", fingerprint.greyscale);
    object.set("luma", copy_of(fingerprint.luma));
    object.set("fullLuma", copy_of(fingerprint.full_luma));
    object.set("frames", fingerprint.frames);
    return object;
}

likeness::Fingerprint to_fingerprint(const val& object) {
    likeness::Fingerprint fingerprint;
    fingerprint.size = {object["width"].as<int>(), object["height"].as<int>()};
    fingerprint.digest = digest_from(object["digest"].as<std::string>());
    fingerprint.greyscale = object["greyscale"].as<bool>();
    fingerprint.luma = bytes(object["luma"]);
    fingerprint.full_luma = bytes(object["fullLuma"]);
    fingerprint.frames = object["frames"].as<int>();
    return fingerprint;
}

likeness::Size size_from(const val& object) {
    return {object["width"].as<int>(), object["height"].as<int>()};
}

val to_js(likeness::Size size) {
    val object = val::object();
    object.set("width", size.width);
    object.set("height", size.height);
    return object;
}

val to_js(const likeness::PictureDetail& detail) {
    const auto pixels = detail.pixels.pixels();
    val object = to_js(detail.size);
    object.set("pixels", to_js(detail.pixels.size()));
    object.set("data",
               val(emscripten::typed_memory_view(pixels.size(), pixels.data())).call<val>("slice"));
    return object;
}

likeness::Result<likeness::PictureDetail> to_detail(const val& object) {
    auto image = likeness::Image::create(size_from(object["pixels"]));
    if (!image) return std::move(image).error();
    const val data = object["data"];
    const auto target = image.value().pixels();
    if (data["length"].as<std::size_t>() != target.size()) {
        return likeness::Error{likeness::ErrorCode::invalid_argument,
                               "the detail of an image has three bytes a pixel"};
    }
    val(emscripten::typed_memory_view(target.size(), target.data())).call<void>("set", data);
    return likeness::PictureDetail{size_from(object), std::move(image).value()};
}

likeness::Rgb rgb(int red, int green, int blue) {
    return {static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
            static_cast<std::uint8_t>(blue)};
}

/// Counts the objects that JavaScript holds: whoever forgets `delete` shows in tests. They go to
/// JavaScript by being moved: a shared pointer to each would be more code.
class Handle {
public:
    Handle() { ++alive_; }
    Handle(Handle&& /*other*/) noexcept : Handle() {}
    ~Handle() { --alive_; }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    Handle& operator=(Handle&&) = delete;

    [[nodiscard]] static int alive() { return alive_; }

private:
    static inline int alive_ = 0;
};

/// One image at a time on its way to the network's input tensor, its fingerprint and its detail.
class ImageProcessor : private Handle {
public:
    explicit ImageProcessor(const likeness::PreprocessSpec& spec) : spec_(spec) {}

    /// A view of `bytes` bytes of staging memory, to be filled before the next call.
    val stage(std::size_t bytes) {
        if (bytes > capacity_) {
            staging_.reset(static_cast<std::uint8_t*>(std::malloc(bytes)));
            capacity_ = staging_ ? bytes : 0;
        }
        staged_ = capacity_ >= bytes ? bytes : 0;
        if (staged_ != bytes) {
            return failure({likeness::ErrorCode::out_of_memory,
                            "There is no memory for " + std::to_string(bytes) +
                                " bytes of image data. Try a smaller image."});
        }
        return success(val(emscripten::typed_memory_view(staged_, staging_.get())));
    }

    /// The upright size of the staged file, if its header is sound and within the limits.
    val inspect(double max_file_bytes, double max_pixels, int max_side) {
        const auto info =
            likeness::read_info(staged(), options(max_file_bytes, max_pixels, max_side, {}));
        if (!info) return failure(info.error());
        const auto [format, size, orientation] = info.value();
        return success(to_js(likeness::oriented(size, orientation)));
    }

    /// What the staged file says of itself.
    val look_at() {
        val description = val::object();
        description.set("format",
                        std::string(likeness::to_string(likeness::sniff_format(staged()))));
        description.set("orientation", static_cast<int>(likeness::read_exif_orientation(staged())));
        description.set("frames", likeness::count_frames(staged()));
        return description;
    }

    val decode(double max_file_bytes, double max_pixels, int max_side, int red, int green,
               int blue) {
        background_ = rgb(red, green, blue);
        auto image =
            likeness::decode(staged(), options(max_file_bytes, max_pixels, max_side, background_));
        release_staging();
        if (!image) return failure(image.error());
        image_ = std::move(image).value();
        return success(val::null());
    }

    val preprocess_decoded(bool fingerprint, bool detail, bool sketch) {
        if (!image_) return failure(missing("decode"));
        return preprocess_region(0, 0, image_->width(), image_->height(), fingerprint, detail,
                                 sketch);
    }

    /// The pixels are freed whether the region lies inside the picture or not.
    val preprocess_region(int x, int y, int width, int height, bool fingerprint, bool detail,
                          bool sketch) {
        if (!image_) return failure(missing("decode"));
        const likeness::Image image = std::move(*image_);
        image_.reset();
        const auto part = image.view().part({x, y, width, height});
        if (!part) return failure(part.error());
        return outcome_of(likeness::read_picture(part.value(), spec_, background_,
                                                 {fingerprint, detail, sketch}));
    }

    /// All rows of the picture are to be pushed, whole: width × height pixels of an image that is
    /// larger where its decoder reduced it.
    val begin(int width, int height, int original_width, int original_height, int red, int green,
              int blue, bool fingerprint, bool detail, bool sketch) {
        auto reader = likeness::PictureReader::create(
            {width, height}, rgba_, spec_, rgb(red, green, blue), {fingerprint, detail, sketch},
            {original_width, original_height});
        if (!reader) return failure(reader.error());
        reader_ = std::move(reader).value();
        row_bytes_ = static_cast<std::size_t>(width) * rgba_;
        return success(val::null());
    }

    val push(int rows) {
        if (!reader_) return failure(missing("begin"));
        const auto status = reader_->push_rows(staged(), row_bytes_, rows);
        return status ? success(val::null()) : failure(status.error());
    }

    val finish() {
        if (!reader_) return failure(missing("begin"));
        const auto input = reader_->finish();
        reader_.reset();
        release_staging();
        return outcome_of(input);
    }

private:
    [[nodiscard]] std::span<const std::uint8_t> staged() const { return {staging_.get(), staged_}; }

    void release_staging() {
        staging_.reset();
        capacity_ = 0;
        staged_ = 0;
    }

    static likeness::DecodeOptions options(double max_file_bytes, double max_pixels, int max_side,
                                           likeness::Rgb background) {
        // A limit may be larger than any file that fits in 32 bits of memory.
        constexpr auto most = static_cast<double>(std::numeric_limits<std::size_t>::max());
        return {.max_pixels = static_cast<std::uint64_t>(max_pixels),
                .max_side = max_side,
                .max_file_bytes = static_cast<std::size_t>(std::min(max_file_bytes, most)),
                .background = background,
                .keep_alpha = true};
    }

    static likeness::Error missing(const std::string& call) {
        return {likeness::ErrorCode::invalid_argument, "Call " + call + " first."};
    }

    static val outcome_of(const likeness::Result<likeness::PictureInput>& result) {
        if (!result) return failure(result.error());
        const likeness::PictureInput& input = result.value();
        val object = val::object();
        object.set("tensor", to_js(input.tensor, input.size));
        if (input.fingerprint) object.set("fingerprint", to_js(*input.fingerprint));
        if (input.detail) object.set("detail", to_js(*input.detail));
        if (input.features) object.set("sketch", copy_of(likeness::pack_features(*input.features)));
        return success(object);
    }

    static constexpr int rgba_ = 4;

    likeness::PreprocessSpec spec_;
    likeness::PixelBuffer staging_;
    std::size_t capacity_ = 0;
    std::size_t staged_ = 0;
    likeness::Rgb background_;
    std::optional<likeness::Image> image_;
    std::optional<likeness::PictureReader> reader_;
    std::size_t row_bytes_ = 0;
};

val to_js(const likeness::Rectangle& rectangle) {
    val object = val::object();
    object.set("x", rectangle.x);
    object.set("y", rectangle.y);
    object.set("width", rectangle.width);
    object.set("height", rectangle.height);
    return object;
}

/// One copy of what setting a number takes: each is some hundred bytes.
[[gnu::noinline]] void put(const val& object, const char* name, double number) {
    val(object).set(name, number);
}

val to_js(const likeness::Registration& registration) {
    const likeness::PictureTransform& transform = registration.transform;
    val matrix = val::array();
    for (const double element : transform.matrix) matrix.call<void>("push", element);
    val object = val::object();
    object.set("matrix", matrix);
    put(object, "scale", transform.scale);
    put(object, "cosine", transform.cosine);
    put(object, "sine", transform.sine);
    object.set("mirrored", transform.mirrored);
    object.set("overlapA", to_js(registration.overlap_a));
    object.set("overlapB", to_js(registration.overlap_b));
    put(object, "coveredA", registration.covered_a);
    put(object, "coveredB", registration.covered_b);
    put(object, "contentA", registration.content_covered_a);
    put(object, "contentB", registration.content_covered_b);
    put(object, "agreementA", registration.agreement_a);
    put(object, "agreementB", registration.agreement_b);
    put(object, "blur", registration.blur);
    put(object, "noise", registration.noise);
    object.set("greyscaleA", registration.greyscale_a);
    object.set("greyscaleB", registration.greyscale_b);
    return object;
}

val to_js(const std::vector<likeness::Change>& changes) {
    val list = val::array();
    for (const likeness::Change& change : changes) {
        val object = val::object();
        object.set("kind", std::string(likeness::to_string(change.kind)));
        object.set("amount", change.amount);
        object.set("a", to_js(change.a));
        object.set("b", to_js(change.b));
        list.call<void>("push", object);
    }
    return list;
}

val to_js(const likeness::Evidence& evidence) {
    val object = val::object();
    object.set("samePixels", evidence.same_pixels);
    if (evidence.registration && evidence.registration->registered) {
        object.set("registration", to_js(*evidence.registration));
    }
    object.set("changes", to_js(evidence.changes));
    return object;
}

val to_js(const likeness::Rating& rating) {
    val object = val::object();
    object.set("cosine", rating.cosines.plain);
    object.set("centredCosine", rating.cosines.centred);
    object.set("score", rating.score);
    object.set("probability", rating.probability);
    object.set("verdict", std::string(likeness::to_string(rating.verdict)));
    return object;
}

/// Lists of equal lengths; what the longer one has more is left out.
std::vector<likeness::Cosines> pair_up(const std::vector<double>& plain,
                                       const std::vector<double>& centred) {
    std::vector<likeness::Cosines> pairs;
    for (std::size_t i = 0; i < std::min(plain.size(), centred.size()); ++i) {
        pairs.push_back({.plain = plain[i], .centred = centred[i]});
    }
    return pairs;
}

/// Described pictures. Of the last few the descriptions are kept: pairs of one picture follow each
/// other.
class Descriptions {
public:
    /// Valid until two more were asked for.
    likeness::Result<const likeness::PictureDescription*> of(const likeness::Fingerprint& picture,
                                                             const val& detail) {
        for (auto known = kept_.begin(); known != kept_.end(); ++known) {
            if (known->digest != picture.digest || known->description.size != size_from(detail)) {
                continue;
            }
            kept_.splice(kept_.end(), kept_, known);
            return &kept_.back().description;
        }
        auto pixels = to_detail(detail);
        if (!pixels) return std::move(pixels).error();
        // First, so that there are never more: each takes some megabytes.
        constexpr std::size_t most = 3;
        if (kept_.size() == most) kept_.pop_front();
        auto description = likeness::describe_picture(std::move(pixels).value());
        if (!description) return std::move(description).error();
        kept_.push_back({picture.digest, std::move(description).value()});
        return &kept_.back().description;
    }

private:
    struct Kept {
        std::array<std::uint64_t, 2> digest;
        likeness::PictureDescription description;
    };

    std::list<Kept> kept_;
};

/// One model's road from cosines and pixels to score and verdict.
class Scorer : private Handle {
public:
    explicit Scorer(likeness::RatingModel model) : model_(std::move(model)) {}

    /// Takes cosines of each orientation that was looked at; `a` and `b` hold a fingerprint, and a
    /// detail where the pictures are to be laid over each other, or are null.
    val rate(const val& plain, const val& centred, const val& a, const val& b) {
        likeness::Evidence evidence;
        const bool printed = !a.isNull() && !b.isNull();
        if (printed) {
            auto examined = examine(a, b);
            if (!examined) return failure(examined.error());
            evidence = std::move(examined).value();
        }
        const auto rating =
            likeness::rate(model_, pair_up(doubles(plain), doubles(centred)), evidence);
        if (!rating) return failure(rating.error());
        val object = to_js(rating.value());
        if (printed) object.set("evidence", to_js(evidence));
        return success(object);
    }

    /// What the pixels say, without a model.
    val examine_pixels(const val& a, const val& b) {
        const auto evidence = examine(a, b);
        if (!evidence) return failure(evidence.error());
        val object = to_js(evidence.value());
        object.set("copy", std::string(likeness::to_string(evidence.value().copy)));
        return success(object);
    }

private:
    likeness::Result<likeness::Evidence> examine(const val& a, const val& b) {
        const likeness::Fingerprint print_a = to_fingerprint(a["fingerprint"]);
        const likeness::Fingerprint print_b = to_fingerprint(b["fingerprint"]);
        const val detail_a = a["detail"];
        const val detail_b = b["detail"];
        if (detail_a.isUndefined() || detail_b.isUndefined()) {
            return likeness::compare_fingerprints(print_a, print_b);
        }
        const auto described_a = descriptions_.of(print_a, detail_a);
        if (!described_a) return described_a.error();
        const auto described_b = descriptions_.of(print_b, detail_b);
        if (!described_b) return described_b.error();
        return likeness::examine(print_a, *described_a.value(), print_b, *described_b.value());
    }

    likeness::RatingModel model_;
    Descriptions descriptions_;
};

/// Embeddings that stay here between queries. A query and the cosines of all pairs go through in
/// steps, so that the caller can stop between them.
class Index : private Handle {
public:
    val stage(int floats) {
        staged_ = static_cast<std::size_t>(floats);
        staging_ = allocate(staged_);
        if (!staging_ && staged_ > 0) {
            staged_ = 0;
            return failure(exhausted());
        }
        return success(val(emscripten::typed_memory_view(staged_, staging_.get())));
    }

    /// Takes the staged floats as embeddings and frees them.
    val add(const std::string& model, int dimension) {
        const auto status =
            index_.add(model, static_cast<std::size_t>(dimension), {staging_.get(), staged_});
        staging_.reset();
        staged_ = 0;
        return status ? success(val::null()) : failure(status.error());
    }

    void keep_first(double count) { index_.keep_first(static_cast<std::size_t>(count)); }

    [[nodiscard]] double size() const { return static_cast<double>(index_.size()); }

    val begin_search(const std::string& model, const val& query, double k) {
        auto search = likeness::NearestSearch::create(
            index_, likeness::Embedding{model, floats(query)}, static_cast<std::size_t>(k));
        if (!search) return failure(search.error());
        search_ = std::move(search).value();
        return success(val::null());
    }

    /// Whether rows are left to be looked at.
    bool continue_search(double rows) {
        return search_ && search_->advance(static_cast<std::size_t>(rows));
    }

    val end_search() {
        std::vector<std::uint32_t> rows;
        std::vector<double> cosines;
        const std::size_t computed = search_ ? search_->computed() : 0;
        if (search_) {
            for (const likeness::Neighbour& neighbour : search_->finish()) {
                rows.push_back(static_cast<std::uint32_t>(neighbour.row));
                cosines.push_back(neighbour.cosine);
            }
            search_.reset();
        }
        val answer = val::object();
        answer.set("rows", copy_of(rows));
        answer.set("cosines", copy_of(cosines));
        answer.set("computed", static_cast<double>(computed));
        return answer;
    }

    [[nodiscard]] val pairwise(double first, double last) const {
        const auto from = static_cast<std::size_t>(first);
        const auto to = static_cast<std::size_t>(last);
        const std::size_t count = index_.pair_count(from, to);
        const Floats cosines = allocate(count);
        if (!cosines && count > 0) return failure(exhausted());
        const auto status = index_.pairwise(from, to, {cosines.get(), count});
        if (!status) return failure(status.error());
        return success(val(emscripten::typed_memory_view(count, cosines.get())).call<val>("slice"));
    }

private:
    using Floats = std::unique_ptr<float[], likeness::FreeDeleter>;

    static Floats allocate(std::size_t count) {
        return Floats(static_cast<float*>(std::malloc(count * sizeof(float))));
    }

    [[nodiscard]] likeness::Error exhausted() const {
        return {likeness::ErrorCode::out_of_memory, "the index holds " +
                                                        std::to_string(index_.size()) +
                                                        " embeddings, and no memory is left"};
    }

    likeness::EmbeddingIndex index_;
    Floats staging_;
    std::size_t staged_ = 0;
    std::optional<likeness::NearestSearch> search_;
};

val create_index() { return val(Index()); }

// Collections.

likeness::CopyKind copy_kind_from(const std::string& name) {
    using likeness::CopyKind;
    for (const CopyKind kind : {CopyKind::variant, CopyKind::near_duplicate, CopyKind::identical}) {
        if (name == likeness::to_string(kind)) return kind;
    }
    return CopyKind::none;
}

[[gnu::noinline]] double number_of(const val& object, const char* name) {
    return object[name].as<double>();
}

/// What the package calls a Registration, as far as a proof needs it.
likeness::Registration to_registration(const val& object) {
    likeness::Registration registration;
    registration.registered = true;
    registration.transform.scale = number_of(object, "scale");
    registration.transform.cosine = object["matrix"][0].as<double>() / number_of(object, "scale");
    registration.transform.sine = object["matrix"][1].as<double>() / number_of(object, "scale");
    registration.covered_a = number_of(object["covered"], "a");
    registration.covered_b = number_of(object["covered"], "b");
    registration.content_covered_a = number_of(object["content"], "a");
    registration.content_covered_b = number_of(object["content"], "b");
    registration.blur = number_of(object, "blur");
    registration.noise = number_of(object, "noise");
    registration.greyscale_a = object["greyscale"]["a"].as<bool>();
    registration.greyscale_b = object["greyscale"]["b"].as<bool>();
    return registration;
}

std::vector<std::uint32_t> to_numbers(const std::vector<std::size_t>& items) {
    return {items.begin(), items.end()};
}

void append(std::vector<std::uint32_t>& numbers, likeness::PicturePair pair) {
    numbers.push_back(static_cast<std::uint32_t>(pair.a));
    numbers.push_back(static_cast<std::uint32_t>(pair.b));
}

/// Pictures that stay here while they are held against each other. What takes long goes in steps,
/// so that the caller can stop between them.
class Collection : private Handle {
public:
    explicit Collection(likeness::Collection collection) : collection_(std::move(collection)) {}

    /// `picture` holds a fingerprint and a sketch, or is null. The first picture with the same
    /// pixels.
    val add(const std::string& model, const val& vector, const val& picture, double bytes,
            double modified) {
        std::optional<likeness::PictureSketch> remembered;
        if (!picture.isNull()) {
            const auto features = likeness::unpack_features(::bytes(picture["sketch"]));
            if (!features) return failure(features.error());
            auto made = likeness::PictureSketch::of(to_fingerprint(picture["fingerprint"]),
                                                    features.value());
            if (!made) return failure(made.error());
            remembered = std::move(made).value();
        }
        search_.reset();
        const auto status = collection_.add({model, floats(vector)}, remembered, {bytes, modified});
        if (!status) return failure(status.error());
        const std::size_t first = collection_.first_with_pixels_of(collection_.size() - 1);
        return success(val(static_cast<double>(first)));
    }

    /// Whether pictures are left that candidates weren't looked for.
    bool advance(double pictures) {
        return collection_.advance(static_cast<std::size_t>(pictures));
    }

    [[nodiscard]] double searched() const { return static_cast<double>(collection_.searched()); }

    /// a, b, a, b, …
    [[nodiscard]] val candidates(double most) const {
        std::vector<std::uint32_t> numbers;
        for (const auto& pair : collection_.candidates(static_cast<std::size_t>(most))) {
            append(numbers, pair);
        }
        return copy_of(numbers);
    }

    /// `kind` is "none" where nothing was proven; `registration` is null where nothing was laid
    /// over.
    val verify(double a, double b, const std::string& kind, const val& registration) {
        likeness::Evidence evidence;
        evidence.copy = copy_kind_from(kind);
        if (!registration.isNull()) evidence.registration = to_registration(registration);
        const auto status = collection_.verify(
            {static_cast<std::size_t>(a), static_cast<std::size_t>(b)}, evidence);
        return status ? success(val::null()) : failure(status.error());
    }

    /// `refused` are pairs: a, b, a, b, …
    [[nodiscard]] val groups(const val& refused) const {
        const auto numbers = emscripten::convertJSArrayToNumberVector<std::uint32_t>(refused);
        std::vector<likeness::PicturePair> pairs;
        for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
            pairs.push_back({numbers[i], numbers[i + 1]});
        }
        val list = val::array();
        for (const likeness::CopyGroup& group : collection_.groups(pairs)) {
            val object = val::object();
            put(object, "kept", static_cast<double>(group.kept));
            object.set("spare", copy_of(to_numbers(group.spare)));
            list.call<void>("push", object);
        }
        return list;
    }

    [[nodiscard]] val nearest(double item, double k) const {
        const auto found =
            collection_.nearest(static_cast<std::size_t>(item), static_cast<std::size_t>(k));
        if (!found) return failure(found.error());
        val list = val::array();
        for (const likeness::AlikePicture& alike : found.value()) {
            val object = val::object();
            put(object, "index", static_cast<double>(alike.item));
            put(object, "cosine", alike.cosine);
            put(object, "score", alike.score);
            list.call<void>("push", object);
        }
        return success(list);
    }

    [[nodiscard]] val matrix(const val& items) const {
        const auto numbers = emscripten::convertJSArrayToNumberVector<std::uint32_t>(items);
        const auto matrix =
            collection_.matrix(std::vector<std::size_t>(numbers.begin(), numbers.end()));
        if (!matrix) return failure(matrix.error());
        val object = val::object();
        object.set("order", copy_of(to_numbers(matrix.value().order)));
        object.set("scores", copy_of(matrix.value().scores));
        return success(object);
    }

    /// Pairs of the rows [first, last) with all rows after each: a, b, a, b, …, and their scores.
    [[nodiscard]] val pairs_from(double score, double first, double last) const {
        const auto found = collection_.pairs_from(score, static_cast<std::size_t>(first),
                                                  static_cast<std::size_t>(last));
        if (!found) return failure(found.error());
        std::vector<std::uint32_t> numbers;
        std::vector<double> scores;
        for (const likeness::ScoredPair& each : found.value()) {
            append(numbers, each.pair);
            scores.push_back(each.score);
        }
        val object = val::object();
        object.set("pairs", copy_of(numbers));
        object.set("scores", copy_of(scores));
        return success(object);
    }

    /// Starts looking for similar pictures among those that are there.
    void begin_similar() { search_.emplace(collection_); }

    /// Whether rows are left to be looked at.
    bool continue_similar(double rows) {
        return search_ && search_->advance(static_cast<std::size_t>(rows));
    }

    void end_similar() {
        if (search_) similar_ = search_->finish();
        search_.reset();
    }

    /// Of the last search.
    [[nodiscard]] val similar_from(double score) const {
        val list = val::array();
        for (const likeness::SimilarGroup& group : similar_.from(collection_.least_cosine(score))) {
            val object = val::object();
            put(object, "centre", static_cast<double>(group.centre));
            object.set("alike", copy_of(to_numbers(group.alike)));
            list.call<void>("push", object);
        }
        return list;
    }

    /// Of the last search.
    [[nodiscard]] double similar_pairs(double score) const {
        return static_cast<double>(similar_.pairs_from(collection_.least_cosine(score)));
    }

private:
    likeness::Collection collection_;
    std::optional<likeness::SimilarSearch> search_;
    likeness::SimilarGroups similar_;
};

/// A share of the search for common corners. Hits cross as the bytes of CornerHit.
class CornerSearch : private Handle {
public:
    explicit CornerSearch(likeness::CornerSearch search) : search_(std::move(search)) {}

    /// `sketch` is that of the next picture.
    val take(double item, const val& sketch) {
        const auto features = likeness::unpack_features(bytes(sketch));
        if (!features) return failure(features.error());
        const auto hits =
            search_.take(static_cast<std::uint32_t>(item), features.value().corners.points);
        return success(
            val(emscripten::typed_memory_view(hits.size() * sizeof(likeness::CornerHit),
                                              reinterpret_cast<const std::uint8_t*>(hits.data())))
                .call<val>("slice"));
    }

private:
    likeness::CornerSearch search_;
};

val create_corner_search(double number, double count) {
    auto search = likeness::CornerSearch::create(
        {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(count)});
    if (!search) return failure(search.error());
    return success(val(CornerSearch(std::move(search).value())));
}

/// The pictures that have corners in common with the one of this sketch, from the hits of all
/// shares.
val corner_candidates(const val& hits, const val& sketch) {
    const auto features = likeness::unpack_features(bytes(sketch));
    if (!features) return failure(features.error());
    const auto packed = bytes(hits);
    std::vector<likeness::CornerHit> unpacked(packed.size() / sizeof(likeness::CornerHit));
    std::memcpy(unpacked.data(), packed.data(), unpacked.size() * sizeof(likeness::CornerHit));
    const auto items =
        likeness::CornerSearch::candidates(unpacked, features.value().corners.points);
    return items ? success(copy_of(items.value())) : failure(items.error());
}

class HashSearch : private Handle {
public:
    /// The pictures before this one whose hashes are close to those of its fingerprint.
    [[nodiscard]] val find(const val& fingerprint) const {
        const auto items = search_.find(to_fingerprint(fingerprint));
        return items ? success(copy_of(items.value())) : failure(items.error());
    }

    val add(double item, const val& fingerprint) {
        const auto status =
            search_.add(static_cast<std::uint32_t>(item), to_fingerprint(fingerprint));
        return status ? success(val::null()) : failure(status.error());
    }

private:
    likeness::HashSearch search_;
};

val create_hash_search() { return val(HashSearch()); }

class NearSearch : private Handle {
public:
    explicit NearSearch(likeness::NearSearch search) : search_(std::move(search)) {}

    val add(const val& embedding, bool wanted) {
        const auto status = search_.add(floats(embedding), wanted);
        return status ? success(val::null()) : failure(status.error());
    }

    void search(double tree) { search_.search(static_cast<std::uint32_t>(tree)); }

    /// Pairs, later, earlier, later, earlier, …, and the estimates of their cosines.
    [[nodiscard]] val found() const {
        std::vector<std::uint32_t> numbers;
        std::vector<float> cosines;
        for (const likeness::NearPair& pair : search_.found()) {
            numbers.push_back(pair.later);
            numbers.push_back(pair.earlier);
            cosines.push_back(pair.cosine);
        }
        val object = val::object();
        object.set("pairs", copy_of(numbers));
        object.set("cosines", copy_of(cosines));
        return object;
    }

private:
    likeness::NearSearch search_;
};

val create_near_search(double dimension) {
    auto search = likeness::NearSearch::create(static_cast<std::size_t>(dimension));
    if (!search) return failure(search.error());
    return success(val(NearSearch(std::move(search).value())));
}

double near_search_trees(double embeddings) {
    return likeness::NearSearch::trees_for(static_cast<std::size_t>(embeddings));
}

/// A network that stays loaded while JavaScript holds it.
class Network : private Handle {
public:
    explicit Network(likeness::Network network) : network_(std::move(network)) {}

    /// `input` is a tensor of to_js().
    [[nodiscard]] val run(const val& input) const {
        const val dims = input["dims"];
        const auto features =
            network_.run(floats(input["data"]), {dims[3].as<int>(), dims[2].as<int>()});
        if (!features) return failure(features.error());
        const likeness::FeatureMap& map = features.value();
        return success(to_tensor(map.values, map.channels, {map.columns, map.rows}));
    }

private:
    likeness::Network network_;
};

val create_network(const val& file) {
    // Memory never shrinks: it is to hold a layer of the file at a time, and not all of it.
    auto network = likeness::Network::load(
        {.bytes = file["length"].as<std::size_t>(),
         .read = [&file](std::size_t offset, std::size_t count) {
             return bytes(file.call<val>("subarray", offset, offset + count));
         }});
    if (!network) return failure(network.error());
    return success(val(Network(std::move(network).value())));
}

/// `mean` is null for models that have none.
val create_collection(const std::string& model, double dimension, const val& mean,
                      const val& calibration) {
    auto curve = likeness::Calibration::create(doubles(calibration["cosine"]),
                                               doubles(calibration["score"]));
    if (!curve) return failure(curve.error());
    auto collection = likeness::Collection::create(
        {model, static_cast<std::size_t>(dimension),
         mean.isNull() ? std::vector<float>() : floats(mean), std::move(curve).value()});
    if (!collection) return failure(collection.error());
    return success(val(Collection(std::move(collection).value())));
}

val create_image_processor(const val& description) {
    const auto means = floats(description["mean"]);
    const auto deviations = floats(description["std"]);
    const bool centre = description["view"].as<std::string>() == "centre";
    likeness::PreprocessSpec spec{.view = centre ? likeness::View::centre : likeness::View::whole,
                                  .side = description["side"].as<int>(),
                                  .stride = description["stride"].as<int>(),
                                  .resize = description["resize"].as<int>()};
    if (means.size() != spec.mean.size() || deviations.size() != spec.std.size()) {
        return failure({likeness::ErrorCode::invalid_argument,
                        "mean and std take three numbers each: red, green, blue."});
    }
    std::copy(means.begin(), means.end(), spec.mean.begin());
    std::copy(deviations.begin(), deviations.end(), spec.std.begin());
    return success(val(ImageProcessor(spec)));
}

val create_scorer(const val& calibration) {
    const val curve = calibration["cosine"];
    auto score = likeness::Calibration::create(doubles(curve), doubles(calibration["score"]));
    if (!score) return failure(score.error());
    auto percent = doubles(calibration["probability"]);
    for (double& value : percent) value *= 100.0;
    auto probability = likeness::Calibration::create(doubles(curve), percent);
    if (!probability) return failure(probability.error());
    return success(
        val(Scorer(likeness::RatingModel{.score = std::move(score).value(),
                                         .probability = std::move(probability).value(),
                                         .similar = calibration["similar"].as<double>()})));
}

val orient_tensor(const val& tensor, int number) {
    const auto orientation = likeness::orientation_from(number);
    if (!orientation) {
        return failure(
            {likeness::ErrorCode::invalid_argument,
             "an EXIF orientation is a number from 1 to 8, not " + std::to_string(number)});
    }
    const val dims = tensor["dims"];
    const likeness::Size size{dims[3].as<int>(), dims[2].as<int>()};
    const auto turned = likeness::orient_tensor(floats(tensor["data"]), size, *orientation);
    if (!turned) return failure(turned.error());
    return success(to_js(turned.value(), likeness::oriented(size, *orientation)));
}

likeness::Size grid_from(const val& object) {
    return {object["columns"].as<int>(), object["rows"].as<int>()};
}

/// The contributions of a grid's cells, `cell_pixels` × `cell_pixels` pixels for each.
likeness::Result<std::vector<float>> draw_heat(const std::vector<double>& contributions,
                                               likeness::Size grid, int cell_pixels) {
    return likeness::heat_map(contributions, grid,
                              {grid.width * cell_pixels, grid.height * cell_pixels});
}

/// The map, the `pairs` pairs of cells that give most, and both heat maps.
val match_map(const val& features_a, const val& features_b, int channels, const val& grid_a,
              const val& grid_b, int pairs, int cell_pixels) {
    const auto result = likeness::match_map(floats(features_a), floats(features_b), channels);
    if (!result) return failure(result.error());
    const likeness::MatchMap& map = result.value();
    const auto heat_a = draw_heat(map.a, grid_from(grid_a), cell_pixels);
    if (!heat_a) return failure(heat_a.error());
    const auto heat_b = draw_heat(map.b, grid_from(grid_b), cell_pixels);
    if (!heat_b) return failure(heat_b.error());

    val strongest = val::array();
    const auto chosen = likeness::strongest_pairs(map, static_cast<std::size_t>(pairs));
    for (const likeness::CellPair& pair : chosen) {
        val object = val::object();
        put(object, "a", static_cast<double>(pair.a));
        put(object, "b", static_cast<double>(pair.b));
        object.set("term", pair.term);
        strongest.call<void>("push", object);
    }
    val object = val::object();
    object.set("cosine", map.cosine);
    object.set("a", copy_of(map.a));
    object.set("b", copy_of(map.b));
    object.set("terms", copy_of(map.terms));
    object.set("pairs", strongest);
    object.set("heatA", copy_of(heat_a.value()));
    object.set("heatB", copy_of(heat_b.value()));
    return success(object);
}

val global_average_pool(const val& feature_map, int channels, int cells) {
    return floats_outcome(likeness::global_average_pool(floats(feature_map), channels, cells));
}

val weigh_cells(const val& feature_map, int channels, int cells) {
    auto weighed = floats(feature_map);
    const auto status = likeness::weigh_cells(weighed, channels, cells);
    return status ? success(copy_of(weighed)) : failure(status.error());
}

val centre(const val& feature_map, int channels, int cells, const val& mean) {
    return floats_outcome(likeness::centre(floats(feature_map), channels, cells, floats(mean)));
}

val cosine_similarity(const std::string& model_a, const val& vector_a, const std::string& model_b,
                      const val& vector_b) {
    const auto cosine = likeness::cosine_similarity(likeness::Embedding{model_a, floats(vector_a)},
                                                    likeness::Embedding{model_b, floats(vector_b)});
    return cosine ? success(val(cosine.value())) : failure(cosine.error());
}

/// Both hashes of a luma, 16 hexadecimal digits each.
val perceptual_hash(const val& luma) {
    const auto hash = likeness::perceptual_hash(bytes(luma));
    if (!hash) return failure(hash.error());
    val object = val::object();
    object.set("dct", hexadecimal(hash.value().dct));
    object.set("gradient", hexadecimal(hash.value().gradient));
    return success(object);
}

val detail_size(int width, int height) {
    return to_js(likeness::PictureDetail::size_for({width, height}));
}

int handles_alive() { return Handle::alive(); }

double memory_bytes() { return static_cast<double>(emscripten_get_heap_size()); }

}  // namespace

EMSCRIPTEN_BINDINGS(likeness_core) {
    std::set_new_handler(&throw_out_of_memory);
    emscripten::class_<ImageProcessor>("ImageProcessor")
        .function("stage", &ImageProcessor::stage)
        .function("inspect", &ImageProcessor::inspect)
        .function("lookAt", &ImageProcessor::look_at)
        .function("decode", &ImageProcessor::decode)
        .function("preprocessDecoded", &ImageProcessor::preprocess_decoded)
        .function("preprocessRegion", &ImageProcessor::preprocess_region)
        .function("begin", &ImageProcessor::begin)
        .function("push", &ImageProcessor::push)
        .function("finish", &ImageProcessor::finish);
    emscripten::class_<Scorer>("Scorer")
        .function("rate", &Scorer::rate)
        .function("examine", &Scorer::examine_pixels);
    emscripten::class_<Index>("Index")
        .function("stage", &Index::stage)
        .function("add", &Index::add)
        .function("keepFirst", &Index::keep_first)
        .function("size", &Index::size)
        .function("beginSearch", &Index::begin_search)
        .function("continueSearch", &Index::continue_search)
        .function("endSearch", &Index::end_search)
        .function("pairwise", &Index::pairwise);
    emscripten::class_<Collection>("Collection")
        .function("add", &Collection::add)
        .function("advance", &Collection::advance)
        .function("searched", &Collection::searched)
        .function("candidates", &Collection::candidates)
        .function("verify", &Collection::verify)
        .function("groups", &Collection::groups)
        .function("nearest", &Collection::nearest)
        .function("matrix", &Collection::matrix)
        .function("pairsFrom", &Collection::pairs_from)
        .function("beginSimilar", &Collection::begin_similar)
        .function("continueSimilar", &Collection::continue_similar)
        .function("endSimilar", &Collection::end_similar)
        .function("similarFrom", &Collection::similar_from)
        .function("similarPairs", &Collection::similar_pairs);
    emscripten::class_<CornerSearch>("CornerSearch").function("take", &CornerSearch::take);
    emscripten::class_<HashSearch>("HashSearch")
        .function("find", &HashSearch::find)
        .function("add", &HashSearch::add);
    emscripten::class_<NearSearch>("NearSearch")
        .function("add", &NearSearch::add)
        .function("search", &NearSearch::search)
        .function("found", &NearSearch::found);
    emscripten::function("createCornerSearch", &create_corner_search);
    emscripten::function("cornerCandidates", &corner_candidates);
    emscripten::function("createHashSearch", &create_hash_search);
    emscripten::function("createNearSearch", &create_near_search);
    emscripten::function("nearSearchTrees", &near_search_trees);
    emscripten::class_<Network>("Network").function("run", &Network::run);
    emscripten::function("createNetwork", &create_network);
    emscripten::function("createCollection", &create_collection);
    emscripten::function("createIndex", &create_index);
    emscripten::function("createImageProcessor", &create_image_processor);
    emscripten::function("createScorer", &create_scorer);
    emscripten::function("orientTensor", &orient_tensor);
    emscripten::function("detailSize", &detail_size);
    emscripten::function("matchMap", &match_map);
    emscripten::function("weighCells", &weigh_cells);
    emscripten::function("globalAveragePool", &global_average_pool);
    emscripten::function("centre", &centre);
    emscripten::function("cosineSimilarity", &cosine_similarity);
    emscripten::function("perceptualHash", &perceptual_hash);
    emscripten::function("handlesAlive", &handles_alive);
    emscripten::function("memoryBytes", &memory_bytes);
}
