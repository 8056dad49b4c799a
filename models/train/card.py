"""Writes MODEL_CARD.md from what the recipe left behind: nothing in it is typed in by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "calibrate"))

from config import Config
from history import Training, history
from manifest import FULL_MODEL, MODEL, entry_of
from pictures import DRAWINGS
from side_by_side import compare

LICENCES = {
    "caltech101": "Caltech-101, CC BY 4.0",
    "caltech101-background": "Caltech-101's background pictures, CC BY 4.0",
    "imagenet-sample": "imagenet-sample-images: one photograph of each of 1,000 classes, used for "
    "training and never shipped",
    "photos-pack": "small photographs from 55 public collections, few of which state an open licence: "
    "used for training and never shipped",
}

TEMPLATE = """# {title}
The model that is part of this repository: it answers at once, with no network, in the page, on the
command line and in the package. A MobileNetV2 of width {width} for whole pictures that learned
from random weights to give the feature maps of the full MobileNetV2 (knowledge distillation).

File: `{file}`, {bytes:,} bytes, SHA-256 `{sha256}`. Licence: Apache-2.0.

## What it is good at, and what not
- **Good: the same picture again**, whatever was done to it within reason: saved again, resized, lightly
  cropped, framed, written over, brightened, turned by a few degrees. For that it stands in for the full
  model.
- **Fair: the same kind of subject.** It has seen {pictures:,} photographs, not a million: what two
  pictures show counts for less, and how they are lit and composed for more, than with the full model.
  Scores between 30 and 80 are hints. For these, ask the full model: one click in the page, `--model
  {full}` on the command line.
- **Not made for** telling people apart or identifying them, medical pictures, text, or anything where a
  wrong answer does harm.

## Figures on classes that it was never trained on
Fold {fold} of the calibration pairs (ten classes of Caltech-101). No picture of these classes was trained
on, and every pair is judged by a calibration that was fitted on other classes. The full model's figures
for the same pairs stand beside.

{figures}
Class-balanced, all pairs of these classes: AUC {auc:.3f}, the full model {teacher_auc:.3f}. Median centred cosine of
edited pairs {edited:.3f} (full model {teacher_edited:.3f}), of different pairs {different:.3f}
({teacher_different:.3f}), of grey copies {grey:.3f} ({teacher_grey:.3f}), of copies at a fifth of the brightness
{dark:.3f} ({teacher_dark:.3f}).

Nothing was learned from these classes. By them and others were chosen: the bits of the weights, the channels that were
taken away, how many pixels it sees, how cells are pooled, whether cosines are centred, and where scores of strangers end
(see README.md).
Among the training's photographs are some of the same kinds of animal as in fold {fold}, though none of its pictures.

## Architecture
MobileNetV2 (Sandler et al. 2018) at width {width}, {parameters:,} parameters, input [batch, 3, height, width] with sides
that are multiples of 32 and an area of about {size} × {size}, output `features` [batch, 1280, height / 32, width / 32]; the
embedding is the mean of its cells, each weighed by its energy, 1280 numbers. Its blocks expand to fewer channels than six
times their input: those that the others could stand in for were taken away after the training (`train/narrow.py`). Batch norm
is folded in. Weights have a
scale for each output channel and
{early} bits (1x1 convolutions of the first 14 blocks), {late} bits (those behind them) or {other} bits (all others), kept
as int8; {fp16}. Arithmetic is fp32. The smallest cosine of an embedding to that by weights of 16 bits is {fidelity:.4f}. Sent
with gzip, the file takes {sent:,} bytes.

## Data
| source | pictures | licence |
|---|---|---|
{data}

Random views of these, new ones all the time, and as a tenth of all views pages, screens, charts, icons, products
and night pictures ({drawings:,}) that the recipe draws itself. The full model ({teacher}) is the teacher: its outputs were
learned from, its weights were not used. The sample pairs of the page were not used for anything.

## Recipe
`npm run train`; every hyperparameter is in `train/config.toml`, the method in `train/README.md`. Each picture that is seen
has other random edits. The trainings, one after the other, each from where the one before it ended:

| on | minutes | pictures seen | a second | size of the views | parameters |
|---|---|---|---|---|---|
{trainings}

## Learning curve
How far the student's embeddings of training views are from the teacher's, on average (1 - cosine, the mean taken off), each
view with other edits than the teacher's:

| training | minutes | pictures seen | distance |
|---|---|---|---|
{curve}

{outlook}
"""


def write_card(config: Config, work: Path, models: Path, scores: Path) -> None:
    """Writes `models/MODEL_CARD.md`.

    scores: the folder with the scored calibration pairs of both models, `<model id>.csv` and
    `<model id>-strangers.csv`.
    """
    export = json.loads((work / "export.json").read_text(encoding="utf-8"))
    entry = entry_of(MODEL, models)
    ours, full = (
        (name, scores / f"{name}.csv", scores / f"{name}-strangers.csv")
        for name in (MODEL, FULL_MODEL)
    )
    fold, half = int(config.data.held_out_fold), len(export["fp16_layers"])
    held_out, teacher = export["held_out"], export["teacher_held_out"]
    trainings = history(models)
    text = TEMPLATE.format(
        title=entry["title"],
        width=config.student.width,
        size=config.student.whole_input,
        file=export["file"],
        bytes=export["bytes"],
        sha256=export["sha256"],
        pictures=sum(n for name, n in export["pictures"].items() if name in LICENCES),
        full=FULL_MODEL,
        fold=fold,
        figures=compare(fold, ours, full),
        auc=held_out["auc"],
        teacher_auc=teacher["auc"],
        edited=held_out["edited_median"],
        teacher_edited=teacher["edited_median"],
        different=held_out["different_median"],
        teacher_different=teacher["different_median"],
        parameters=export["parameters"],
        early=config.student.early_bits,
        late=config.student.late_bits,
        other=config.student.other_bits,
        sent=export["sent_bytes"],
        fp16=f"{half} layers have fp16 instead" if half else "no layer needs more",
        grey=held_out["edits"]["greyscale"],
        teacher_grey=teacher["edits"]["greyscale"],
        dark=held_out["edits"]["dark"],
        teacher_dark=teacher["edits"]["dark"],
        fidelity=export["cosine_to_float_student"],
        data=_data_rows(export["pictures"]),
        drawings=export["pictures"][DRAWINGS],
        teacher=Path(config.teacher.file).name,
        trainings="\n".join(_training_row(training) for training in trainings),
        curve="\n".join(_curve_rows(number, training) for number, training in enumerate(trainings, 1)),
        outlook=_outlook(trainings[-1]),
    )
    (models / "MODEL_CARD.md").write_text(text, encoding="utf-8")


def _data_rows(counts: dict[str, int]) -> str:
    return "\n".join(f"| {name} | {counts[name]:,} | {LICENCES[name]} |" for name in LICENCES)


def _training_row(training: Training) -> str:
    minutes, images, side = training["minutes"], training["images"], training["side"]
    return (
        f"| {training['device']} | {minutes:.0f} | {images:,} | {images / minutes / 60:,.0f} "
        f"| {side} × {side} | {training['parameters']:,} |"
    )


def _curve_rows(number: int, training: Training) -> str:
    return "\n".join(
        f"| {number} | {point['minutes']:.1f} | {point['images']:,} | {point['distance']:.3f} |"
        for point in training["curve"]
    )


def _outlook(training: Training) -> str:
    """What more time would give, by what the last doubling of the pictures seen gave."""
    points = training["curve"]
    if len(points) < 2:
        return "The last training was too short for a curve of its own."
    last = points[-1]
    half = min(points, key=lambda point: abs(point["images"] - last["images"] / 2))
    return (
        f"In the last training, from {half['images']:,} to {last['images']:,} pictures, it fell by "
        f"{half['distance'] - last['distance']:.3f}, part of which is the learning rate running out: so much the last "
        "doubling of the time gave. The next one gives less."
    )
