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
    work: Callable[[Task], Result], tasks: Sequence[Task], what: str, chunk: int = 4
) -> Iterator[Result]:
    """Results in the order of the tasks; a line on standard error says how far it is.
    Tasks are handed out `chunk` by `chunk`: what one has read may serve the next one."""
    start = shown = time.monotonic()
    # A file that many lines go to gets few of them.
    terminal = sys.stderr.isatty()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for done, result in enumerate(pool.map(work, tasks, chunksize=chunk), 1):
            yield result
            now = time.monotonic()
            if now - shown > (1 if terminal else 20) or done == len(tasks):
                shown = now
                left = (now - start) / done * (len(tasks) - done)
                text = f"{what}: {done} of {len(tasks)}, {left:.0f} s left"
                end = "\r" if terminal and done < len(tasks) else "\n"
                print(f"{text:60}", end=end, file=sys.stderr, flush=True)
