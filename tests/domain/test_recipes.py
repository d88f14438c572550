from dataclasses import dataclass

import pytest

from rushes.domain.errors import BadMaterial
from rushes.domain.recipes import Recipe, read_recipe, recipe_json


@dataclass(frozen=True, kw_only=True)
class RotoRecipe(Recipe):
    patch: int = 64
    rate: float = 0.001
    grain: bool = True


ROTO = RotoRecipe(name="roto")


def test_settings_are_read_as_the_type_that_they_have():
    changed = ROTO.with_settings({"patch": "96", "rate": "0.01", "grain": "off", "seed": "7"})
    assert changed == RotoRecipe(name="roto", patch=96, rate=0.01, grain=False, seed=7)


def test_every_wrong_setting_is_named_at_once():
    with pytest.raises(BadMaterial) as refusal:
        ROTO.with_settings({"pach": "96", "rate": "fast", "grain": "off"})
    assert refusal.value.reasons == ("pach=96", "rate=fast")
    assert "patch=64" in refusal.value.remedy


def test_a_recipe_reads_back_from_the_json_that_a_model_records():
    assert read_recipe(RotoRecipe, recipe_json(ROTO)) == ROTO


def test_a_seed_below_zero_is_refused():
    with pytest.raises(BadMaterial, match="cannot be followed"):
        ROTO.with_settings({"seed": "-1"})
