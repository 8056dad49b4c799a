"""Two models' figures on one fold, beside each other, as a Markdown table.

usage: python3 models/calibrate/side_by_side.py --fold FOLD --trained-here ID scores.csv strangers.csv
           --reference ID scores.csv strangers.csv

The first model was trained on the other folds: it is calibrated and judged within this fold, every
pair by a fit on other classes. The second one never saw any of them: it is judged on this fold by a
fit on the other ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fit import judge, read_scores, select
from report import figures

Figures = dict[str, Any]


def percent(label: str, share: str) -> Callable[[Figures], str]:
    """Reads a share of the pairs of one label, as a percentage."""
    return lambda report: f"{100 * report['labels'][label][share]:.1f} %"


def number(label: str, name: str) -> Callable[[Figures], str]:
    """Reads a figure of the pairs of one label."""
    return lambda report: f"{report['labels'][label][name]:.1f}"


LINES: dict[str, Callable[[Figures], str]] = {
    "identical: score of at least 99": percent("identical", "atLeast99"),
    "edited, without mirror: median score": number("edited", "median"),
    "edited, without mirror: near-duplicate": percent("edited", "copies"),
    "similar: median score": number("similar", "median"),
    "similar: score above 40": percent("similar", "above40"),
    "different: median score": number("different", "median"),
    "different: score of at most 30": percent("different", "atMost30"),
    "different: near-duplicate": percent("different", "copies"),
    "AUC, similar against different": lambda report: f"{report['aucScore']:.3f}",
    "expected calibration error": lambda report: f"{report['expectedCalibrationError']:.3f}",
}


def table(reports: dict[str, Figures]) -> str:
    """A line a figure, a column a model."""
    lines = [f"| | {' | '.join(reports)} |", f"|---|{'---|' * len(reports)}"]
    for name, read in LINES.items():
        lines.append(f"| {name} | {' | '.join(read(report) for report in reports.values())} |")
    return "\n".join(lines) + "\n"


Scored = tuple[str, Path, Path]
"""A model's id, its scored pairs and its scored strangers."""


def compare(fold: int, trained_here: Scored, reference: Scored) -> str:
    """The table of both models."""
    judged = {
        model: judge(read_scores(scores), read_scores(strangers), only_fold)
        for (model, scores, strangers), only_fold in ((trained_here, fold), (reference, None))
    }
    reports = {}
    for model, rows in judged.items():
        shown = (rows["fold"] == fold) & (rows["edit"] != "mirror")
        reports[model] = figures(select(rows, shown))
    return table(reports)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fold", type=int, required=True)
    parser.add_argument("--trained-here", nargs=3, required=True)
    parser.add_argument("--reference", nargs=3, required=True)
    args = parser.parse_args()
    (ours, *our_files), (theirs, *their_files) = args.trained_here, args.reference
    print(
        compare(args.fold, (ours, *map(Path, our_files)), (theirs, *map(Path, their_files))), end=""
    )


if __name__ == "__main__":
    main()
