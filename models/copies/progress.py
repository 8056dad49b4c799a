"""Long work on all cores, with the time that is left."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def parallel(
    work: Callable[[Task], Result], tasks: Sequence[Task], what: str
) -> Iterator[Result]:
    """Results in the order of the tasks; a line on standard error says how far it is."""
    start = shown = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for done, result in enumerate(pool.map(work, tasks, chunksize=4), 1):
            yield result
            now = time.monotonic()
            if now - shown > 1 or done == len(tasks):
                shown = now
                left = (now - start) / done * (len(tasks) - done)
                text = f"{what}: {done} of {len(tasks)}, {left:.0f} s left"
                print(f"\r{text:60}", end="\n" if done == len(tasks) else "", file=sys.stderr)
