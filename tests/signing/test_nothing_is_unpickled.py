"""No file of ours loads code with its data: no pickle, nor anything that is one underneath."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "rushes"
PICKLES = re.compile(
    r"\bc?[pP]ickle\b|\bdill\b|\bjoblib\b|\bshelve\b|\bmarshal\b|torch\.(load|save|package)\b|weights_only\s*=\s*False"
    r"|allow_pickle\s*=\s*(?!False)|\bread_pickle\b|\byaml\.(unsafe_load|load)\b|\b(np|numpy)\.load\("
)
SAYS_SO = re.compile(r"nothing is ever unpickled|never unpickled")


def offenders(text):
    return [line for line in text.splitlines() if PICKLES.search(line) and not SAYS_SO.search(line)]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_unpickles_nothing(path):
    assert offenders(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from pickle import loads",
        "import cPickle as p",
        "weights = torch.load(path)",
        "torch.load(path, weights_only=False)",
        "torch.save(model, path)",
        "joblib.load(path)",
        "np.load(path, allow_pickle=True)",
        "numpy.load(path)",
        "import shelve",
        "yaml.load(text)",
    ],
)
def test_the_search_finds_every_way_to_unpickle(line):
    assert offenders(line) == [line]
