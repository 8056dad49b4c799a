"""Reads the one file with every hyperparameter."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).parent / "config.toml"


class Section:
    """One table of the configuration as attributes; a name that is not there is an error."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"config: no such setting: {name}")


class Config:
    """The whole configuration; `values` is what was read, for logs and checkpoints."""

    def __init__(self, values: dict[str, dict[str, Any]]) -> None:
        self.values = values
        self.data = Section(values["data"])
        self.teacher = Section(values["teacher"])
        self.student = Section(values["student"])
        self.train = Section(values["train"])
        self.loss = Section(values["loss"])
        self.edits = Section(values["edits"])
        self.validation = Section(values["validation"])
        self.compare = Section(values["compare"])
        self.export = Section(values["export"])

    def changed(self, **sections: dict[str, Any]) -> "Config":
        """A copy with some settings replaced: `changed(train={"minutes": 3})`."""
        merged = {name: {**table, **sections.get(name, {})} for name, table in self.values.items()}
        return Config(merged)


def load(path: Path = DEFAULT, smoke: bool = False) -> Config:
    """The configuration in `path`, with the [smoke] values in place where asked."""
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    small = values.pop("smoke", {})
    config = Config(values)
    return config.changed(**small) if smoke else config
