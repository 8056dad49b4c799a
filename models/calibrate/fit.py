"""Fits a model's calibration on scored pairs, cross-validates it, and writes manifest and report.

usage: python3 models/calibrate/fit.py --model ID --scores scores.csv --strangers strangers.csv
           [--report models/reports/ID] [--manifest models/manifest.json] [--only-fold FOLD]

Without --report the figures are printed, and nothing is written.

scores.csv is what `image-likeness evaluate --scores` makes of the pairs of pairs.py, strangers.csv of
those of strangers.py. Two things are fitted, each on the folds that are not held out: the curve from
centred cosine to score, and the probability of the same kind of subject. The figures are those of the
held-out folds, pooled; what ships is fitted on all folds. Copies are told by laying the pictures over
each other, in which no model has a vote: their verdicts and scores are those of the files.

With --only-fold, for a model that was trained on the other folds, nothing but that fold's pairs is
used, since a model knows the classes that it was trained on too well. Each pair is then judged by a
fit that saw neither of its classes, and what ships is fitted on all pairs of the fold. The strangers
are never fitted on.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from report import draw_reliability, figures, print_table

Rows = dict[str, np.ndarray]

NUMBERS = ("cosine", "centred", "score")

PROVEN = ("identical", "near-duplicate", "variant")
"""The verdicts that pixels prove."""

SQUEEZED_FROM, MOST_UNPROVEN = 80.0, 87.9
"""Where scores that pixels don't prove begin to be squeezed, and where they end; core/src/rating.cpp."""


class Border(NamedTuple):
    """Where the curve is steep: between strangers and look-alikes."""

    most: float
    """The share of the fit's strangers whose score is below 29.5, at least."""
    width: float
    """Of the steep part, as a share of the way from the median cosine of strangers to that of look-alikes."""


OF_FOLDS = Border(most=0.945, width=0.055)
OF_ONE_FOLD = Border(most=0.96, width=0.04)
"""Few classes stand for all others there: of the strangers of other classes 2 % more pass than of the fit's."""

SIMILAR_THRESHOLD = 40.0
"""The lowest score that is called similar."""


def read_scores(path: Path) -> Rows:
    """The columns of scores.csv as arrays."""
    with path.open() as stream:
        lines = list(csv.DictReader(stream))
    columns = {name: np.array([line[name] for line in lines]) for name in lines[0]}
    for name in NUMBERS:
        columns[name] = columns[name].astype(float)
    columns["fold"] = columns["fold"].astype(int)
    return columns


def select(rows: Rows, mask: np.ndarray) -> Rows:
    """Some of the rows."""
    return {name: values[mask] for name, values in rows.items()}


def within(rows: Rows, classes: Iterable[str]) -> Rows:
    """The pairs with both pictures of these classes."""
    seen = np.array(sorted(set(classes)))
    return select(rows, np.isin(rows["class_a"], seen) & np.isin(rows["class_b"], seen))


def classes_of(rows: Rows) -> set[str]:
    """All classes of all pairs."""
    return {*rows["class_a"], *rows["class_b"]}


def check_disjoint(fit: Rows, test: Rows) -> None:
    """Fails if a class or a source image stands in both."""
    for columns in (("class_a", "class_b"), ("a", "b")):
        both = set(np.concatenate([fit[c] for c in columns])) & set(
            np.concatenate([test[c] for c in columns])
        )
        if both:
            sys.exit(f"{columns} stand in both fit and test: {sorted(both)[:5]}")


def fit_curve(rows: Rows) -> list[list[float]]:
    """Knots (centred cosine, score) through quantiles of the fit pairs, both strictly increasing.

    The anchors say what a score means: strangers lie around 20, two pictures of one class around 78,
    edited copies above 90. Where strangers end and look-alikes begin the curve is steep: between the
    scores 29.5 and 42 there should be few pairs of either kind. Between the anchors the core draws a
    monotone cubic.
    """
    cosine = {label: rows["centred"][rows["label"] == label] for label in set(rows["label"])}
    different, similar, edited = (cosine[name] for name in ("different", "similar", "edited"))
    resaved = rows["centred"][rows["edit"] == "jpeg-95"]
    wanted = OF_ONE_FOLD if len(set(rows["fold"])) == 1 else OF_FOLDS
    most_strangers = np.quantile(different, wanted.most)
    half_width = wanted.width / 2 * (np.median(similar) - np.median(different))
    # Halfway between most strangers and most look-alikes. Where a weak model mixes the two up,
    # strangers must not pass for look-alikes, whatever look-alikes are then called.
    border = max(
        (most_strangers + np.quantile(similar, 0.2)) / 2, most_strangers + half_width
    )
    anchors = [
        (np.quantile(different, 0.05), 10.0),
        (np.quantile(different, 0.50), 20.0),
        (border - half_width, 29.5),
        (border + half_width, 42.0),
        (np.quantile(similar, 0.50), 78.0),
        (np.quantile(similar, 0.90), 86.0),
        (np.quantile(edited, 0.30), 91.0),
        (np.quantile(resaved, 0.003), 97.2),
    ]
    knots = [[-1.0, 0.0]]
    for x, y in anchors:
        # Anchors of a weak model may stand in the wrong order: a knot that would bend the curve
        # down is left out.
        if x > knots[-1][0] + 0.005 and y > knots[-1][1]:
            knots.append([round(float(x), 4), y])
    if knots[-1][0] > 0.999:
        knots.pop()
    return [*knots, [1.0, 100.0]]


def logistic(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def fit_logistic(x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: float) -> np.ndarray:
    """Weights of a logistic regression on x (a column of ones is added last), by Newton's method.

    J. Friedman, T. Hastie, R. Tibshirani, "The Elements of Statistical Learning", section 4.4.1.
    """
    design = np.column_stack([x, np.ones(len(x))])
    penalty = ridge * np.diag([1.0] * x.shape[1] + [0.0])
    beta = np.zeros(design.shape[1])
    for _ in range(200):
        p = logistic(design @ beta)
        slope = design.T @ (weight * (y - p)) - penalty @ beta
        curvature = (design * (weight * p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(beta)), slope)
        beta += step * min(1.0, 10.0 / np.linalg.norm(step))
        if np.linalg.norm(step) < 1e-9:
            break
    return beta


def fit_probability(rows: Rows, knots: list[float]) -> list[float]:
    """Probability at each knot that both pictures show the same kind of subject.

    Platt scaling with a quadratic term (J. Platt, "Probabilistic Outputs for Support Vector
    Machines", 1999) on similar against different pairs, both weighing the same. From 0 at -1 to 1 at
    1, as the core's curve wants it; made strictly increasing where the parabola turns.
    """
    mask = np.isin(rows["label"], ("similar", "different"))
    cosine, same = rows["centred"][mask], rows["label"][mask] == "similar"
    weight = np.where(same, 0.5 / same.mean(), 0.5 / (1 - same.mean()))
    centre, scale = cosine.mean(), cosine.std()
    z = (cosine - centre) / scale
    beta = fit_logistic(np.column_stack([z, z * z]), same.astype(float), weight, 1e-3)
    at = (np.array(knots) - centre) / scale
    vertex = -beta[0] / (2 * beta[1])
    at = np.maximum(at, vertex) if beta[1] > 0 else np.minimum(at, vertex)
    values = logistic(beta[0] * at + beta[1] * at * at + beta[2])
    values = np.maximum.accumulate(values)
    steps = np.linspace(0.0, 1e-6, len(values))
    values = np.clip(values, 1e-6, 1 - 1e-5) + steps
    values[0], values[-1] = 0.0, 1.0
    return [round(float(value), 8) for value in values]


def fit(rows: Rows) -> dict[str, object]:
    """A calibration entry of the manifest."""
    knots = fit_curve(rows)
    # The probability needs knots of its own where scores have none.
    pairs = rows["centred"][np.isin(rows["label"], ("similar", "different"))]
    low, high = np.quantile(pairs, (0.005, 0.995))
    cosines = sorted({k[0] for k in knots} | {round(c, 2) for c in np.linspace(low, high, 14)})
    score = np.array([curve(knots, c) for c in cosines])
    return {
        "fitted": True,
        "cosine": cosines,
        "score": [round(float(s), 4) for s in score],
        "probability": fit_probability(rows, cosines),
        "similar": SIMILAR_THRESHOLD,
    }


def ranges(report: dict[str, object]) -> dict[str, list[float]]:
    """Where the scores of known pairs lie, from their 5 % to their 95 % quantile."""
    labels = report["labels"]
    return {
        kind: [labels[kind]["score5"], labels[kind]["score95"]]
        for kind in ("different", "similar", "edited")
    }


def slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Slopes of the core's monotone cubic (Fritsch and Carlson 1980; core/src/calibration.cpp)."""
    secant = np.diff(y) / np.diff(x)
    m = np.concatenate([secant[:1], (secant[:-1] + secant[1:]) / 2, secant[-1:]])
    for i, s in enumerate(secant):
        radius = np.hypot(m[i] / s, m[i + 1] / s)
        if radius > 3:
            m[i], m[i + 1] = 3 * m[i] / radius, 3 * m[i + 1] / radius
    return m


def curve(knots: list[list[float]], value: np.ndarray | float) -> np.ndarray:
    """The core's curve through the knots."""
    x, y = np.array(knots).T
    m = slopes(x, y)
    value = np.clip(value, -1.0, 1.0)
    i = np.clip(np.searchsorted(x, value, side="right") - 1, 0, len(x) - 2)
    width = x[i + 1] - x[i]
    secant = (y[i + 1] - y[i]) / width
    t = value - x[i]
    quadratic = (3 * secant - 2 * m[i] - m[i + 1]) / width
    cubic = (m[i] + m[i + 1] - 2 * secant) / width**2
    return np.clip(y[i] + t * (m[i] + t * (quadratic + t * cubic)), y[i], y[i + 1])


def apply(calibration: dict[str, object], rows: Rows) -> Rows:
    """The rows with the score, probability and verdict that the core would give."""
    c = calibration
    by_cosine = squeeze(curve(list(map(list, zip(c["cosine"], c["score"]))), rows["centred"]))
    score = np.minimum(by_cosine, most_of_parts(c["similar"], rows["registration"]))
    percent = [100 * p for p in c["probability"]]
    probability = curve(list(map(list, zip(c["cosine"], percent))), rows["centred"]) / 100
    proven = np.isin(rows["verdict"], PROVEN)
    by_model = np.where(score >= c["similar"], "similar", "different")
    return {
        **rows,
        "score": np.where(proven, rows["score"], score),
        "probability": np.where(proven, 1.0, probability),
        "verdict": np.where(proven, rows["verdict"], by_model),
    }


def squeeze(score: np.ndarray) -> np.ndarray:
    """The core's scores of pairs that nothing proves to be copies."""
    slope = (MOST_UNPROVEN - SQUEEZED_FROM) / (100.0 - SQUEEZED_FROM)
    return np.where(score <= SQUEEZED_FROM, score, SQUEEZED_FROM + slope * (score - SQUEEZED_FROM))


def most_of_parts(similar: float, registrations: np.ndarray) -> np.ndarray:
    """The core's limit for pairs of which registration has shown how much is the same."""

    def common_share(registration: str) -> float:
        if not registration:
            return 1.0
        found = json.loads(registration)
        return sum(found["content"][x] * found["agreement"][x] for x in "ab") / 2

    shares = np.array([common_share(registration) for registration in registrations])
    return similar + (MOST_UNPROVEN - similar) * (1 + 3 * shares) / 4


Split = tuple[Rows, Rows]
"""What to fit on, and what to judge."""


def fold_splits(rows: Rows) -> Iterator[Split]:
    """Each fold against all other ones."""
    for fold in sorted(set(rows["fold"])):
        inside = rows["fold"] == fold
        yield select(rows, ~inside), select(rows, inside)


def class_splits(rows: Rows) -> Iterator[Split]:
    """The pairs of each class, and of each two classes, against all pairs of other classes."""
    classes = list(zip(rows["class_a"], rows["class_b"]))
    for held_out in sorted({tuple(sorted(set(pair))) for pair in classes}):
        inside = np.array([set(pair) == set(held_out) for pair in classes])
        apart = np.array([not set(pair) & set(held_out) for pair in classes])
        yield select(rows, apart), select(rows, inside)


def cross_validate(splits: Iterable[Split], strangers: Rows) -> list[Rows]:
    """What is to be judged in each split, as a calibration sees it that was fitted on the rest.

    That is the split's own pairs, and the strangers among its classes.
    """
    results = []
    for train, test in splits:
        check_disjoint(train, test)
        own = within(strangers, classes_of(test))
        results.append(apply(fit(train), pooled([test, own])))
    return results


def pooled(parts: list[Rows]) -> Rows:
    """All rows of all parts."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def judge(rows: Rows, strangers: Rows, only_fold: int | None = None) -> Rows:
    """All rows, each as a calibration sees it that was fitted on other classes.

    Folds are held out whole; with `only_fold`, nothing but that fold's rows is used and judged.
    """
    if only_fold is None:
        splits = fold_splits(rows)
    else:
        splits = class_splits(select(rows, rows["fold"] == only_fold))
    return pooled(cross_validate(splits, strangers))


def write_manifest(path: Path, model: str, calibration: dict[str, object]) -> None:
    """Puts the calibration into the model's entry; everything else stays."""
    manifest = json.loads(path.read_text())
    entry = next(entry for entry in manifest["models"] if entry["id"] == model)
    entry["calibration"] = calibration
    path.write_text(json.dumps(manifest, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--strangers", type=Path, required=True)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--manifest", type=Path, default=Path("models/manifest.json"))
    parser.add_argument("--only-fold", type=int)
    args = parser.parse_args()
    rows, strangers = read_scores(args.scores), read_scores(args.strangers)
    judged = judge(rows, strangers, args.only_fold)
    if args.only_fold is None:
        how = "five-fold cross-validation over classes, pooled"
    else:
        rows = select(rows, rows["fold"] == args.only_fold)
        how = (
            f"fold {args.only_fold}, which the model was never trained on; each pair judged by a fit "
            "on other classes, pooled"
        )
    report = {"model": args.model, "how": how, **figures(judged)}
    shipped = fit(rows)
    print_table(report)
    if args.report is None:
        return
    args.report.parent.mkdir(parents=True, exist_ok=True)
    args.report.with_suffix(".json").write_text(json.dumps(report, indent=2) + "\n")
    args.report.with_suffix(".svg").write_text(draw_reliability(report))
    write_manifest(args.manifest, args.model, {**shipped, "ranges": ranges(report)})


if __name__ == "__main__":
    main()
