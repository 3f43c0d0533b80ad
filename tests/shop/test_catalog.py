"""Products have as many variants as a shop shall have in all."""

from __future__ import annotations

import random

import pytest

from .catalog import product, variants_of_each
from .sizes import LONG, SHORT, Sizes


@pytest.mark.parametrize("sizes", [LONG, SHORT, Sizes(4, 4, 0, 0), Sizes(5, 9, 0, 0)])
def test_the_variants_are_shared_out(sizes: Sizes) -> None:
    counts = variants_of_each(sizes)
    assert (len(counts), sum(counts)) == (sizes.products, sizes.variants)
    for number, count in enumerate(counts, 1):
        variants = product(random.Random(1), number, count)["variants"]
        assert len(variants) == count
        assert len({tuple(one["options"].values()) for one in variants}) == count
