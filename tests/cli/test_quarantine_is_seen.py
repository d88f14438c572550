"""What a withdrawal reaches is said once, from the day that counts, and is marked wherever it is listed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from rushes.domain.actions import INFERENCE, TRAINING
from rushes.domain.grants import Licence
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Review, Take
from rushes.domain.parts import AssetFile, Item, Scope
from rushes.domain.records import digest_of
from rushes.settings import read_settings
from rushes.studio import open_studio

KINDS = ("Dataset", "Model", "Take", "Delivery")
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
WEIGHTS = AssetFile("w.safetensors", "sha256:" + "0" * 64, 1)


@pytest.fixture
def made(show):
    """A plate, a licence, and all that was made under it: no pixels are needed to ask about rights."""
    plate = Asset("nf", "plate", "plate", "N", (), (), (1, 2), 64, 36, "24", "ACEScg")
    own = Licence("nf", "own", "N", ("*",), (TRAINING, INFERENCE), ("*",), ("*",), None, None)
    items = (Item(digest_of(plate), "before", 1, (1,)),)
    dataset = Dataset("nf", "dusk", "look", TRAINING, "GB", items, (digest_of(own),), date(2026, 11, 22), None)
    scope = Scope("nf", ("look",), (), "GB", None)
    model = Model("nf", "dusk", "look", digest_of(dataset), "{}", 0, WEIGHTS, scope, (), (), None, (), "s")
    take = Take("nf", "plate_v001", "look", digest_of(model), digest_of(plate), 1, "{}", (1, 2), (), "ACEScg", ())
    reviews = [
        Review("nf", "plate_v001.ana", digest_of(take), "ana", "approved", "", AT.replace(second=second))
        for second in range(3)
    ]
    delivery = Delivery("nf", "reel", (digest_of(take),), (digest_of(reviews[-1]),), (), (), AT)
    with open_studio(read_settings()) as studio:
        for fact in (plate, replace(plate, revision=1), own, dataset, model, take, *reviews, delivery):
            studio.record(fact)
    return show


def test_each_thing_that_a_withdrawal_reaches_is_listed_once(made, typed):
    code, said, _ = typed("rights", "withdraw", "own", "--reason", "sold", "--json")
    assert code == 0
    assert json.loads(said)["quarantined"] == [
        ["Dataset", "dusk"],
        ["Model", "dusk"],
        ["Take", "plate_v001"],
        ["Delivery", "reel"],
    ]


@pytest.mark.parametrize(
    ("reach", "kinds"),
    [("future", ["Dataset", "Model"]), ("retrain", ["Dataset", "Model", "Take"]), ("recall", [*KINDS])],
)
def test_a_withdrawal_reaches_as_far_as_is_said(made, typed, reach, kinds):
    said = json.loads(typed("rights", "withdraw", "own", "--reason", "sold", "--reach", reach, "--json")[1])
    assert [kind for kind, _ in said["quarantined"]] == kinds


def test_what_was_made_before_a_withdrawal_of_what_is_new_may_leave_and_nothing_new_is_made(made, typed):
    typed("rights", "withdraw", "own", "--reason", "sold", "--reach", "future")
    with open_studio(read_settings()) as studio:
        model = studio.ledger.find(Model, "nf", "dusk")
        assert studio.quarantine(model)
        assert not studio.quarantine(model, leaving=True)
    typed("rights", "withdraw", "own", "--reason", "sold", "--reach", "retrain")
    with open_studio(read_settings()) as studio:
        assert studio.quarantine(model, leaving=True)


def test_a_withdrawal_from_a_later_day_on_says_that_nothing_is_quarantined_yet(made, typed):
    _, said, _ = typed("rights", "withdraw", "own", "--reason", "sold", "--since", "2999-01-01")
    assert "4 thing(s) made under it will be quarantined from 2999-01-01" in said
    assert "quarantined" not in typed("status")[1]


def test_of_two_withdrawals_the_earlier_day_stands_and_that_is_said(made, typed):
    typed("rights", "withdraw", "own", "--reason", "sold", "--since", "2026-01-01")
    _, said, _ = typed("rights", "withdraw", "own", "--reason", "sold again", "--since", "2999-01-01")
    assert "withdrawn from 2026-01-01; 4 thing(s) made under it are quarantined" in said
    assert "the earlier day stands" in said
    _, said, _ = typed("rights", "withdraw", "own", "--reason", "sold before that", "--since", "2025-01-01")
    assert "withdrawn from 2025-01-01" in said
    assert "the earlier day stands" not in said


def test_status_marks_models_takes_and_deliveries_for_people_and_programs(made, typed):
    facts = json.loads(typed("status", "--json")[1])
    assert [facts[kind][0]["quarantined"] for kind in ("Model", "Take", "Delivery")] == [[], [], []]
    typed("rights", "withdraw", "own", "--reason", "sold")
    facts = json.loads(typed("status", "--json")[1])
    for kind in ("Model", "Take", "Delivery"):
        assert "licence own, which taught it, was withdrawn" in facts[kind][0]["quarantined"][0]
    lines = [line for line in typed("status")[1].splitlines() if "quarantined" in line]
    assert [line.split()[0] for line in lines] == ["dusk", "plate_v001", "reel"]


def test_status_lists_an_asset_once_as_it_is_known_now(made, typed):
    typed("rights", "know", "plate", "--owner", "Pedal Films")
    (asset,) = json.loads(typed("status", "--json")[1])["Asset"]
    assert (asset["owner"], asset["revision"]) == ("Pedal Films", 2)
    lines = [line.split() for line in typed("status")[1].splitlines()]
    assert [line for line in lines if line[:1] == ["plate"]] == [["plate", "plate", "1-2", "Pedal", "Films"]]


def test_a_hold_on_what_taught_a_model_stops_it_until_it_is_lifted(made, typed):
    typed("rights", "hold", "N", "--kind", "dispute", "--reason", "whose negative is it?")
    with open_studio(read_settings()) as studio:
        model = studio.ledger.find(Model, "nf", "dusk")
        assert "dispute on N" in studio.quarantine(model)[0]
        assert studio.quarantine(model, leaving=True)
    typed("rights", "lift", "N", "--kind", "dispute", "--reason", "settled")
    with open_studio(read_settings()) as studio:
        assert studio.quarantine(model) == []


def test_an_artist_who_declines_later_stops_what_is_new_and_not_what_was_made(made, typed):
    typed("person", "cy", "--title", "Cy")
    typed("rights", "teach", "cy", "--asset", "plate", "--role", "paint artist", "--declines")
    with open_studio(read_settings()) as studio:
        model = studio.ledger.find(Model, "nf", "dusk")
        assert "cy, who made it, does not want it to teach" in studio.quarantine(model)[0]
        assert studio.quarantine(model, leaving=True) == []
