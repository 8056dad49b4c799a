"""Reads the one file with every hyperparameter."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).parent / "config.toml"
OVERLAYS = ("gpu", "further", "smoke")
"""Tables whose values stand in place of the others of the same name, where they are asked for."""


class Section:
    """One table of the configuration as attributes; a name that is not there is an error."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"config: no such setting: {name}")


class Config:
    """The whole configuration; `values` is what was read, for logs and checkpoints."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.shapes = [Section(shape) for shape in values["shapes"]]
        self.data = Section(values["data"])
        self.teacher = Section(values["teacher"])
        self.student = Section(values["student"])
        self.views = Section(values["views"])
        self.bank = Section(values["bank"])
        self.train = Section(values["train"])
        self.loss = Section(values["loss"])
        self.edits = Section(values["edits"])
        self.validation = Section(values["validation"])
        self.pack = Section(values["pack"])
        self.compare = Section(values["compare"])
        self.narrow = Section(values["narrow"])
        self.export = Section(values["export"])

    def changed(self, **sections: dict[str, Any]) -> "Config":
        """A copy with some settings replaced: `changed(train={"minutes": 3})`."""
        return Config(
            {
                name: {**table, **sections[name]} if name in sections else table
                for name, table in self.values.items()
            }
        )


def load(
    path: Path = DEFAULT, gpu: bool = False, further: bool = False, smoke: bool = False
) -> Config:
    """The configuration in `path`, with the values of [gpu], [further] and [smoke] in place where asked.

    further: the training begins with a trained model.
    """
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    overlays = {name: values.pop(name, {}) for name in OVERLAYS}
    config = Config(values)
    for name, wanted in zip(OVERLAYS, (gpu, further, smoke), strict=True):
        if wanted:
            config = config.changed(**overlays[name])
    return config
