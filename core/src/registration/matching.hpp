/// @file
/// Finds points of two pictures that look alike.
#pragma once

#include <vector>

#include "geometry.hpp"
#include "likeness/registration.hpp"

namespace likeness::registration {

/// Two points that look alike, and the similarity that lays the one's surroundings over the
/// other's.
struct Match {
    Correspondence points;
    Affine map;
    int distance;  ///< Of the descriptors: bits of 256.
};

/// The match of a point of a with one of b; with `mirrored`, of a as it looks in a mirror.
[[nodiscard]] Match match_of(const FeaturePoint& from, const FeaturePoint& to, bool mirrored,
                             int distance) noexcept;

/// For every point of a its nearest of b, where that is clearly nearer than any at another place of
/// b (D. Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 60/2 (2004)). With
/// `mirrored`, points of a as they look in a mirror.
[[nodiscard]] std::vector<Match> match_features(const PictureFeatures& a, const PictureFeatures& b,
                                                bool mirrored);

}  // namespace likeness::registration
