"""Two models' figures on one fold, beside each other, as a Markdown table.

usage: python3 models/calibrate/side_by_side.py --fold FOLD --trained-here ID=scores.csv
           --reference ID=scores.csv

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
    "AUC, similar against different (cosine)": lambda report: f"{report['aucCosine']:.3f}",
    "expected calibration error": lambda report: f"{report['expectedCalibrationError']:.3f}",
}


def table(reports: dict[str, Figures]) -> str:
    """A line a figure, a column a model."""
    lines = [f"| | {' | '.join(reports)} |", f"|---|{'---|' * len(reports)}"]
    for name, read in LINES.items():
        lines.append(f"| {name} | {' | '.join(read(report) for report in reports.values())} |")
    return "\n".join(lines) + "\n"


def compare(fold: int, trained_here: tuple[str, Path], reference: tuple[str, Path]) -> str:
    """The table of both models, each given as its id and its scored pairs."""
    rows = judge(read_scores(trained_here[1]), fold)
    others = judge(read_scores(reference[1]))
    others = select(others, others["fold"] == fold)
    reports = {}
    for (name, _path), judged in ((trained_here, rows), (reference, others)):
        reports[name] = figures(select(judged, judged["edit"] != "mirror"))
    return table(reports)


def _model(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    return name, Path(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fold", type=int, required=True)
    parser.add_argument("--trained-here", type=_model, required=True)
    parser.add_argument("--reference", type=_model, required=True)
    args = parser.parse_args()
    print(compare(args.fold, args.trained_here, args.reference), end="")


if __name__ == "__main__":
    main()
