"""Made-up words, names and sums: the benchmark's text belongs to nobody."""

from __future__ import annotations

import random

SMALL = "a and as at but by for from if in is it of on or that the this to was with".split()
ONSETS = "b bl br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sh sl st t th tr v w".split()
VOWELS = "a e i o u ai ea ee ie oo ou".split()
CODAS = "b ck d g l ll m n nd ng nt p r rd rn s sh st t th x".split()


def word(rng: random.Random) -> str:
    """One word of one to three syllables, or a small one."""
    if rng.random() < 0.3:
        return rng.choice(SMALL)
    return long_word(rng, rng.choice((1, 2, 2, 3)))


def long_word(rng: random.Random, syllables: int) -> str:
    """A word of so many syllables."""
    parts = (rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(syllables))
    return "".join(parts) + rng.choice(CODAS)


def sentence(rng: random.Random, least: int = 5, most: int = 16) -> str:
    """A capital letter, some words, a full stop."""
    text = " ".join(word(rng) for _ in range(rng.randint(least, most)))
    return f"{text[0].upper()}{text[1:]}."


def title(rng: random.Random, words: int = 3) -> str:
    """A few long words with capitals."""
    return " ".join(long_word(rng, 2).capitalize() for _ in range(words))


def name(rng: random.Random) -> str:
    """A first name and a surname."""
    return title(rng, 2)


def digits(rng: random.Random, count: int) -> str:
    """A number of so many digits."""
    return "".join(rng.choice("0123456789") for _ in range(count))


def price(rng: random.Random, most: int = 90) -> float:
    """A price with cents."""
    return rng.randint(40, most * 100) / 100
