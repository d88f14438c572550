"""The show's own look on boards: only with a cleared look pack of this show, and every board names what it drew on."""

import json

import numpy as np
import pytest
from PIL import Image

from rushes.cli import run

TEXT = "INT. KITCHEN - DAY\n\nJENNY waits.\n\nJENNY\nYou came back.\n\nWILL\nI did.\n"
SHOW = ["new", "nf", "--owner", "Nightfall Ltd", "--territory", "gb", "--view", "Un-tone-mapped"]
SAID = ["--owner", "Nightfall Ltd", "--nobody", "--colour-space", "Gamma 2.4 Rec.709 - Texture"]


def frames(folder):
    draw = np.random.default_rng(3)
    for number in range(1, 4):
        picture = np.full((96, 160, 3), (70, 90, 120), np.uint8)
        picture[50:] = (120, 90, 50)
        picture[:, 100:] = (60, 110, 60)
        grain = draw.integers(-14, 15, picture.shape)
        Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8)).save(folder / f"test.{number:04d}.png")


@pytest.fixture
def taught(home, typed):
    frames(home)
    assert typed(*SHOW)[0] == 0
    assert typed("person", "ana", "--title", "Ana Bell", "--say", "previs")[0] == 0
    assert typed("ingest", "tests", "test.####.png", *SAID)[0] == 0
    refused = typed("clear", "palette", "--department", "previs", "--part", "reference=tests")
    assert refused[0] == 1 and "no licence" in refused[2]
    allow = ["--allow", "ai_generative_training", "--allow", "ai_inference"]
    assert typed("rights", "licence", "own", "--owner", "Nightfall Ltd", *allow)[0] == 0
    assert typed("clear", "palette", "--department", "previs", "--part", "reference=tests")[0] == 0
    told = typed(
        "train", "previs", "--dataset", "palette", "--name", "nf_look", "--set", "swatches=4", "--set", "tile=32"
    )
    assert told[0] == 0, told[2]
    (home / "dusk.fountain").write_text(TEXT)
    assert run(["previs", "new", "dusk.fountain", "--to", "dusk", "--width", "160", "--no-animatic"]) == 0
    assert typed("previs", "shot", "dusk", "1A", "--method", "dressed")[0] == 0
    return home


def board(home, method):
    recipes = json.loads((home / "dusk" / "out" / "recipes.json").read_text())
    return next((told for told in recipes.values() if told["recipe"]["method"] == method), None)


def test_a_board_is_dressed_in_the_shows_look_and_names_the_frames_it_drew_on(taught, typed):
    assert typed("previs", "draw", "dusk", "--no-animatic", "--look", "nf_look")[0] == 0
    dressed = board(taught, "dressed")["recipe"]
    assert dressed["look"].startswith("sha256:")
    assert dressed["sources"] and all(source.startswith("tests ") for source in dressed["sources"])
    first = board(taught, "dressed")["pixels"]
    (taught / "dusk" / "out" / "recipes.json").unlink()
    assert typed("previs", "draw", "dusk", "--no-animatic", "--look", "nf_look")[0] == 0
    assert board(taught, "dressed")["pixels"] == first, "the same recipe, the same pixels"
    assert typed("previs", "shot", "dusk", "1A", "--strength", "0")[0] == 0
    assert typed("previs", "draw", "dusk", "--no-animatic", "--look", "nf_look")[0] == 0
    nought = board(taught, "dressed")["pixels"]
    assert typed("previs", "shot", "dusk", "1A", "--method", "greybox")[0] == 0
    assert typed("previs", "draw", "dusk", "--no-animatic")[0] == 0
    recipes = json.loads((taught / "dusk" / "out" / "recipes.json").read_text())
    assert nought in {told["pixels"] for told in recipes.values()}, "strength 0 is the greybox, bit for bit"


def test_a_withdrawn_licence_takes_the_look_off_the_boards(taught, typed):
    assert typed("rights", "withdraw", "own", "--reason", "by letter")[0] == 0
    code, _, said = typed("previs", "draw", "dusk", "--no-animatic", "--look", "nf_look")
    assert code == 1
    assert "may not be used for boards" in said


def test_a_model_of_another_department_is_no_look_pack(taught, typed):
    assert typed("previs", "draw", "dusk", "--no-animatic", "--look", "nothing")[0] == 1
