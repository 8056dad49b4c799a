"""Figures of a calibrated model: shares, medians, calibration error; as numbers, table and picture."""

from __future__ import annotations

from typing import Any

import numpy as np

Rows = dict[str, np.ndarray]

BINS = 15
"""Of the reliability diagram and of the expected calibration error."""

COPIES = ("identical", "near-duplicate")
"""The verdicts that call a picture a copy."""

CHANGES = {"mirror": "mirrored", "greyscale": "greyscale", "crop-90": "cropped", "crop-75": "cropped"}
"""Edits that have a name of their own, and it."""


def auc(positive: np.ndarray, negative: np.ndarray) -> float:
    """The chance that a positive outranks a negative, ties counting half (Mann and Whitney)."""
    order = np.sort(negative)
    wins = np.searchsorted(order, positive, "left") + np.searchsorted(order, positive, "right")
    return float(wins.mean() / 2 / len(negative))


def auc_by_fold(rows: Rows, column: str) -> float:
    """Mean over the folds of the AUC of similar against different pairs."""
    similar, different = rows["label"] == "similar", rows["label"] == "different"
    values = []
    for fold in sorted(set(rows["fold"])):
        inside, column_values = rows["fold"] == fold, rows[column]
        values.append(auc(column_values[inside & similar], column_values[inside & different]))
    return float(np.mean(values))


def reliability(rows: Rows) -> list[dict[str, float]]:
    """Equal bins of the predicted probability: how often it was the same kind of subject.

    C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On Calibration of Modern Neural Networks", 2017.
    Similar and different pairs weigh 1 : 1 whatever their numbers.
    """
    mask = np.isin(rows["label"], ("similar", "different"))
    probability, same = rows["probability"][mask], rows["label"][mask] == "similar"
    weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    index = np.minimum((probability * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        inside = index == number
        total = float(weight[inside].sum())
        if total > 0:
            bins.append(
                {
                    "weight": round(total, 5),
                    "predicted": round(float((weight * probability)[inside].sum() / total), 5),
                    "observed": round(float((weight * same)[inside].sum() / total), 5),
                }
            )
    return bins


def summary(rows: Rows) -> dict[str, float | int]:
    """Of the pairs of one kind; shares from 0 to 1."""
    score, verdict = rows["score"], rows["verdict"]
    low, median, high = np.quantile(score, (0.05, 0.5, 0.95))
    return {
        "n": len(score),
        "score5": round(float(low), 2),
        "median": round(float(median), 2),
        "score95": round(float(high), 2),
        "atMost30": round(float((score <= 30).mean()), 4),
        "above40": round(float((score > 40).mean()), 4),
        "atLeast75": round(float((score >= 75).mean()), 4),
        "atLeast97": round(float((score >= 97).mean()), 4),
        "atLeast99": round(float((score >= 99).mean()), 4),
        "copies": round(float(np.isin(verdict, COPIES).mean()), 4),
    }


def named(rows: Rows) -> dict[str, float]:
    """Share of the copies made by an edit of CHANGES that are called copies, and by its name."""
    shares = {}
    for edit, change in CHANGES.items():
        inside = rows["edit"] == edit
        if inside.any():
            right = [change in names.split() for names in rows["changes"][inside]]
            copies = np.isin(rows["verdict"][inside], COPIES)
            shares[edit] = round(float((copies & np.array(right)).mean()), 4)
    return shares


def figures(rows: Rows) -> dict[str, Any]:
    """All of a report's numbers."""
    labels = {}
    for label in ("identical", "edited", "greyscale", "similar", "composition", "different"):
        labels[label] = summary({k: v[rows["label"] == label] for k, v in rows.items()})
    edited = rows["label"] == "edited"
    edits = {}
    for edit in dict.fromkeys(rows["edit"][edited]):
        edits[edit] = summary({k: v[edited & (rows["edit"] == edit)] for k, v in rows.items()})
    stranger = rows["label"] == "stranger"
    strangers = rows["verdict"][stranger]
    rows = {k: v[~stranger] for k, v in rows.items()}
    bins = reliability(rows)
    return {
        "labels": labels,
        "edits": edits,
        "named": named(rows),
        "hardestStrangers": {
            "n": len(strangers),
            "copies": int(np.isin(strangers, COPIES).sum()),
        },
        # A score grows with the centred cosine, so this is the AUC of any one calibration's scores;
        # the scores here come from several.
        "aucScore": round(auc_by_fold(rows, "centred"), 5),
        "aucCosine": round(auc_by_fold(rows, "cosine"), 5),
        "expectedCalibrationError": round(
            sum(b["weight"] * abs(b["predicted"] - b["observed"]) for b in bins), 5
        ),
        "reliability": bins,
    }


def print_table(report: dict[str, Any]) -> None:
    """The report for a terminal."""
    print(f"{report['model']}: {report['how']}")
    print("pairs                 n    5 %  median   95 %  <= 30   > 40  >= 75  >= 97  copies")
    for name, s in [*report["labels"].items(), *report["edits"].items()]:
        shares = (s["atMost30"], s["above40"], s["atLeast75"], s["atLeast97"], s["copies"])
        columns = " ".join(f"{100 * share:6.1f}" for share in shares)
        print(
            f"{name:16} {s['n']:6} {s['score5']:6.1f}  {s['median']:6.1f} {s['score95']:6.1f} "
            f"{columns}"
        )
    names = [f"{edit} {100 * share:.1f}" for edit, share in report["named"].items()]
    print(f"called by their name, in percent: {', '.join(names)}")
    hardest = report["hardestStrangers"]
    print(f"hardest strangers that are called copies: {hardest['copies']} of {hardest['n']}")
    print(
        f"ROC AUC, similar against different, mean over folds: score {report['aucScore']:.4f}, "
        f"plain cosine {report['aucCosine']:.4f}"
    )
    print(f"expected calibration error: {report['expectedCalibrationError']:.4f}")


def draw_reliability(report: dict[str, Any]) -> str:
    """A reliability diagram as SVG: a dot a bin, as large as the bin, beside the diagonal."""
    size, pad = 320, 44

    def x(value: float) -> str:
        return f"{pad + value * size:.1f}"

    def y(value: float) -> str:
        return f"{pad + (1 - value) * size:.1f}"

    title = f"{report['model']}: probability of the same kind of subject"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size + 2 * pad}" '
        f'height="{size + 2 * pad}" font-family="sans-serif" font-size="12">',
        f"<title>{title}</title>",
        f'<rect width="{size + 2 * pad}" height="{size + 2 * pad}" fill="#fff"/>',
        f'<text x="{pad}" y="{pad - 14}">{title}</text>',
        f'<rect x="{pad}" y="{pad}" width="{size}" height="{size}" fill="none" stroke="#999"/>',
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#999"/>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(
            f'<text x="{x(tick)}" y="{pad + size + 16}" text-anchor="middle">{tick:g}</text>'
        )
        parts.append(f'<text x="{pad - 6}" y="{y(tick)}" text-anchor="end">{tick:g}</text>')
    for b in report["reliability"]:
        radius = 3 + 30 * b["weight"]
        parts.append(
            f'<circle cx="{x(b["predicted"])}" cy="{y(b["observed"])}" r="{radius:.1f}" '
            'fill="#2f6fdb" fill-opacity="0.6"/>'
        )
    error = report["expectedCalibrationError"]
    parts.append(
        f'<text x="{pad + size / 2}" y="{pad + size + 34}" text-anchor="middle">predicted (across), '
        f"observed (up); expected calibration error {error:.4f}</text>"
    )
    return "\n".join([*parts, "</svg>", ""])
