"""NumPy on the other side: reads what the package wrote, writes what the package reads.

usage: numpy_side.py read FILE...   prints, as JSON, what NumPy and the standard library see in each file
       numpy_side.py write FOLDER   writes arrays in the ways that people save them
"""

import csv
import json
import sys
from pathlib import Path

import numpy


def described(vectors, ids=None, model=None):
    vectors = numpy.asarray(vectors, dtype=numpy.float32)
    return {
        "shape": vectors.shape,
        "bits": vectors.view(numpy.uint32).tolist(),
        "ids": ids,
        "model": model,
    }


def read(path):
    if path.suffix == ".npy":
        array = numpy.load(path)
        assert array.dtype == numpy.float32, array.dtype
        return described(array)
    if path.suffix == ".npz":
        with numpy.load(path) as arrays:
            assert arrays["embeddings"].dtype == numpy.float32
            return described(
                arrays["embeddings"], arrays["ids"].tolist(), str(arrays["model"])
            )
    if path.suffix == ".jsonl":
        lines = path.read_text(encoding="utf-8").split("\n")
        rows = [json.loads(line) for line in lines if line]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["embedding"] = json.loads(row["embedding"])
    (model,) = {row["model"] for row in rows}
    return described([row["embedding"] for row in rows], [row["id"] for row in rows], model)


def write(folder):
    vectors = numpy.arange(12, dtype=numpy.float32).reshape(3, 4) / 7
    ids = numpy.array(["a.jpg", "ä€𝄞.png", ""])
    model = numpy.array("mobilenetv2@1")
    numpy.save(folder / "plain.npy", vectors)
    numpy.savez(folder / "plain.npz", embeddings=vectors, ids=ids, model=model)
    numpy.savez_compressed(folder / "compressed.npz", embeddings=vectors, ids=ids, model=model)
    with (folder / "version2.npy").open("wb") as file:
        numpy.lib.format.write_array(file, vectors, version=(2, 0))
    numpy.save(folder / "fortran.npy", numpy.asfortranarray(vectors))
    numpy.save(folder / "double.npy", vectors.astype(numpy.float64))
    numpy.save(folder / "big-endian.npy", vectors.astype(">f4"))
    numpy.save(folder / "flat.npy", vectors.ravel())
    numpy.save(folder / "pickled.npy", numpy.array([{}], dtype=object), allow_pickle=True)
    print(json.dumps(described(vectors, ids.tolist(), str(model))))


if sys.argv[1] == "read":
    print(json.dumps([read(Path(name)) for name in sys.argv[2:]]))
else:
    write(Path(sys.argv[2]))
