"""A made-up sample in which size and voids tell of default, and the rest is noise."""

import numpy as np
import pytest
from scipy.special import expit

from zhiwei.lab.binning import Floats

FIRMS = 300


@pytest.fixture(scope="package")
def facts() -> dict[str, Floats]:
    return _sample()[0]


@pytest.fixture(scope="package")
def label() -> Floats:
    return _sample()[1]


def _sample() -> tuple[dict[str, Floats], Floats]:
    random = np.random.default_rng(7)
    size, voids, noise = random.normal(size=(3, FIRMS))
    facts = {
        "sales_total": np.exp(15 + 2 * size),
        "sales_12m": np.exp(14 + 2 * size + 0.1 * random.normal(size=FIRMS)),
        "void_share_12m": expit(voids - 2),
        "customers_12m": np.floor(np.exp(2 + noise)),
        "sales_growth_12m": random.normal(size=FIRMS),
    }
    label = (random.random(FIRMS) < expit(-1.5 - 1.5 * size + voids)).astype(np.float64)
    facts["void_share_12m"][random.random(FIRMS) < 0.05] = np.nan
    return facts, label
