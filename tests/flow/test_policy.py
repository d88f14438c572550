"""The rules that a show has chosen, from choosing them to a delivery that they hold back."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from rushes.cli import run
from rushes.departments.look.look import neutral_look
from rushes.departments.look.packing import pack_look
from rushes.domain.errors import BadMaterial, NotCleared
from rushes.domain.nouns import Asset, Dataset, Model, Take
from rushes.domain.records import digest_of
from rushes.domain.scopes import scope_of
from rushes.flow.deliver import Parcel, deliver_takes
from rushes.flow.policy import ask, facts_of, packs_of
from rushes.flow.render import checked_order, render_take
from rushes.flow.rendering import RenderOrder
from rushes.flow.review import review_take
from rushes.flow.train import Order, train_model
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.policy.packs import known_facts
from rushes.settings import read_settings
from rushes.signing.scopes import sign_scope
from rushes.studio import open_studio
from rushes.training.weights import write_weights

RULE = """
[[rule]]
id = "OWN-{question}"
text = "Terms are read."
source = "the house"
ask = ["{question}"]
when = [{{ fact = "dataset.people", not_empty = {people} }}]
must = [{{ fact = "tool.terms_checked_at", within_days = 90 }}]
otherwise = "{otherwise}"
question = "Are the terms bearable?"
remedy = "Read them."
passes = {{ "dataset.people" = [], "tool.terms_checked_at" = 2026-11-01, "job.date" = 2026-11-02 }}
fails = {{ "dataset.people" = [], "tool.terms_checked_at" = 2025-11-01, "job.date" = 2026-11-02 }}
"""
PACK = 'name = "own"\nversion = "1"\ntitle = "Our own"\nfor = "us"\nsource = "the house"\n'


def pack_file(folder, question, otherwise="block", *, people=False):
    path = folder / f"{question}.toml"
    path.write_text(PACK + RULE.format(question=question, otherwise=otherwise, people=str(people).lower()))
    return path


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A studio with a plate of three small frames, a dataset, and a look that nobody had to train."""
    folder = tmp_path_factory.mktemp("house")
    for number in range(1, 4):
        path, window = folder / "in" / f"plate.{number:04}.exr", (0, 0, 31, 17)
        path.parent.mkdir(exist_ok=True)
        pixels = np.random.default_rng(number).uniform(0, 1, (18, 32, 3)).astype(np.float32)
        write_still(path, Frame(0, pixels, Header(window, window)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSHES_HOME", str(folder / "home"))
        patch.setenv("RUSHES_PERSON", "ana")
        patch.delenv("RUSHES_SHOW", raising=False)
        patch.chdir(folder)
        for command in (
            "new nf --owner N --territory GB --view Un-tone-mapped",
            "person ana --title Ana --say look",
            "rights licence all --owner N --allow ai_training --allow ai_inference",
            "ingest plate in/plate.####.exr --colour-space ACEScg --owner N --nobody",
            "clear dusk --part plate=plate --part reference=plate",
        ):
            assert run(command.split()) == 0, command
        with open_studio(read_settings()) as studio:
            dataset = studio.ledger.find(Dataset, "nf", "dusk")
            write_weights(
                folder / "look.safetensors", pack_look(neutral_look("ACEScct", points=9)), {"encoding": "ACEScct"}
            )
            weights, scope = studio.vault.put(folder / "look.safetensors"), scope_of(dataset, [])
            known = {"show": "nf", "name": "dusk", "department": "look", "dataset": digest_of(dataset), "recipe": "{}"}
            (folder / "report.txt").write_text("nothing to report")
            reports = (studio.vault.put(folder / "report.txt"),)
            nothing = {"seed": 0, "measures": (), "reports": reports, "base": None, "earlier": ()}
            signature = sign_scope(studio.signer, weights.digest, scope)
            studio.record(Model(**known, **nothing, weights=weights, scope=scope, signature=signature))
    return folder


@pytest.fixture
def studio(house, tmp_path, monkeypatch):
    monkeypatch.setenv("RUSHES_HOME", str(shutil.copytree(house / "home", tmp_path / "home")))
    monkeypatch.setenv("RUSHES_PERSON", "ana")
    monkeypatch.delenv("RUSHES_SHOW", raising=False)
    with open_studio(read_settings()) as studio:
        yield studio


def of(studio, kind, name):
    return studio.ledger.find(kind, "nf", name)


def test_a_show_that_has_chosen_nothing_is_held_back_by_nothing(studio):
    assert packs_of(studio, "nf") == []
    assert ask(studio, "may_train", of(studio, Dataset, "dusk")) == []


def test_a_training_is_refused_until_somebody_states_what_a_rule_asks_for(studio, tmp_path, capsys):
    assert run(["policy", "choose", str(pack_file(tmp_path, "may_train"))]) == 0
    order = Order(of(studio, Dataset, "dusk"), "new", "standard")
    with pytest.raises(NotCleared, match=r"OWN-may_train: Terms are read\. \(own 1\); nobody has stated tool\.terms"):
        train_model(studio, order)
    assert run(["policy", "ask", "may_train", "dusk"]) == 1
    today = studio.today().isoformat()
    assert run(["policy", "state", "tool.terms_checked_at", "2020-01-01", "--why", "an old print"]) == 0
    assert run(["policy", "ask", "may_train", "dusk"]) == 1
    assert run(["policy", "state", "tool.terms_checked_at", today, "--why", "read by ana"]) == 0
    capsys.readouterr()
    assert run(["policy", "ask", "may_train", "dusk", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["allowed"], answer["reasons"]) == (True, [])
    assert "model.production" not in answer["facts"]  # of the dataset, and not of the model of its name
    assert answer["facts"]["tool.terms_checked_at"] == today
    assert ask(studio, "may_train", order.dataset) == []


def test_an_old_statement_stands_again_when_it_is_said_again(studio, tmp_path):
    run(["policy", "choose", str(pack_file(tmp_path, "may_train"))])
    for day in ("2020-01-01", studio.today().isoformat(), "2020-01-01"):
        assert run(["policy", "state", "tool.terms_checked_at", day, "--why", "so"]) == 0
    assert facts_of(studio, of(studio, Dataset, "dusk"))["tool.terms_checked_at"].isoformat() == "2020-01-01"


def test_what_is_said_of_one_model_counts_for_it_and_not_for_its_show(studio, tmp_path):
    run(["policy", "choose", str(pack_file(tmp_path, "may_generate"))])
    order = RenderOrder(of(studio, Model, "dusk"), of(studio, Asset, "plate"))
    with pytest.raises(NotCleared, match="OWN-may_generate"):
        checked_order(studio, order)
    today = studio.today().isoformat()
    assert run(["policy", "state", "tool.terms_checked_at", today, "--why", "read", "--about", "dusk"]) == 0
    assert checked_order(studio, order).model == order.model
    other = replace(order.model, name="dawn")
    studio.record(other)
    with pytest.raises(NotCleared, match="OWN-may_generate"):
        checked_order(studio, replace(order, model=other))


def test_a_delivery_waits_for_the_answer_of_a_person(studio, tmp_path):
    take = render_take(studio, RenderOrder(of(studio, Model, "dusk"), of(studio, Asset, "plate")))
    review_take(studio, take, "ana", decision="approved", note="fine")
    run(["policy", "choose", str(pack_file(tmp_path, "may_release", "escalate"))])
    parcel = Parcel("nf", "reel", [take], tmp_path / "out")
    with pytest.raises(NotCleared, match="to be answered by a person: Are the terms bearable"):
        deliver_takes(studio, parcel)
    assert run(["policy", "state", "answers.OWN-may_release", "no", "--why", "they are not", "--about", take.name]) == 0
    with pytest.raises(NotCleared, match="OWN-may_release"):
        deliver_takes(studio, parcel)
    assert run(["policy", "state", "answers.OWN-may_release", "yes", "--why", "struck out", "--about", take.name]) == 0
    assert deliver_takes(studio, parcel).files


def test_a_rule_for_people_is_silent_where_nobody_can_be_recognised(studio, tmp_path):
    run(["policy", "choose", str(pack_file(tmp_path, "may_train", people=True))])
    assert ask(studio, "may_train", of(studio, Dataset, "dusk")) == []


def test_facts_come_from_the_ledger_and_nobody_can_state_them_otherwise(studio):
    take = render_take(studio, RenderOrder(of(studio, Model, "dusk"), of(studio, Asset, "plate")))
    known = facts_of(studio, take)
    wanted = {
        "job.production": "nf",
        "job.territory": "GB",
        "job.date": studio.today(),
        "dataset.licensed": True,
        "dataset.own": True,
        "dataset.owners": ("N",),
        "dataset.people": (),
        "model.production": "nf",
        "model.uses": ("look",),
        "model.base": "none",
        "model.quarantined": False,
        "model.generative": False,
        "take.reviewers": (),
        "dataset.hashed": True,
    }
    assert {name: known.get(name) for name in wanted} == wanted
    review_take(studio, take, "ana", decision="approved", note="fine")
    assert facts_of(studio, take)["take.reviewers"] == ("ana",)
    derived = {name for name, fact in known_facts().items() if fact.derived}
    assert derived - set(known) == {"dataset.consents_dated"}  # there is no consent here
    with pytest.raises(BadMaterial, match="known from the ledger"):
        run_raising("policy", "state", "model.quarantined", "no", "--why", "it is fine")


def run_raising(*words):
    from rushes.cli import perform

    return perform(list(words))


def test_a_show_that_keeps_to_our_own_rules_can_deliver(studio, tmp_path):
    take = render_take(studio, RenderOrder(of(studio, Model, "dusk"), of(studio, Asset, "plate")))
    review_take(studio, take, "ana", decision="approved", note="fine")
    run(["policy", "choose", "base"])
    parcel = Parcel("nf", "reel", [take], tmp_path / "out")
    with pytest.raises(NotCleared, match=r"RSH-04: .*nobody has stated model\.originality, model\.tests"):
        deliver_takes(studio, parcel)
    for fact, value in (("model.originality", "passed"), ("model.tests", "linear_range,temporal")):
        assert run(["policy", "state", fact, value, "--about", "dusk", "--why", "read the reports"]) == 0
    assert deliver_takes(studio, parcel).files


def test_a_house_states_the_facts_of_its_own_pack(studio, tmp_path):
    path = pack_file(tmp_path, "may_train")
    told = '[facts]\n"house.sunday" = { kind = "date", words = "the last Sunday" }\n'
    path.write_text(
        path.read_text().replace("tool.terms_checked_at", "house.sunday").replace("\n[[rule", f"\n{told}[[rule", 1)
    )
    assert run(["policy", "choose", str(path)]) == 0
    assert run(["policy", "state", "house.sunday", studio.today().isoformat(), "--why", "so"]) == 0
    assert ask(studio, "may_train", of(studio, Dataset, "dusk")) == []


def test_of_a_clip_whose_owner_nobody_has_named_no_owners_are_known(studio):
    asset = of(studio, Asset, "plate")
    studio.record(replace(asset, owner=None, revision=asset.revision + 1))
    known = facts_of(studio, of(studio, Dataset, "dusk"))
    assert "dataset.owners" not in known
    assert known["dataset.licensed"] is False


def test_a_show_keeps_to_the_pack_as_it_was_when_it_was_chosen(studio, tmp_path):
    path = pack_file(tmp_path, "may_train")
    run(["policy", "choose", str(path)])
    path.write_text(path.read_text().replace("within_days = 90", "within_days = 9000"))
    assert packs_of(studio, "nf")[0].rules[0].must[0].value == 90
    run(["policy", "choose", str(path)])
    assert packs_of(studio, "nf")[0].rules[0].must[0].value == 9000


def test_packs_that_are_not_there_or_do_not_fit_are_refused_and_nothing_is_chosen(studio, tmp_path, capsys):
    broken = tmp_path / "broken.toml"
    broken.write_text('name = "broken"')
    assert run(["policy", "choose", str(broken)]) == 1
    assert run(["policy", "choose", "netflix"]) == 1
    assert "did you mean 'netflix-genai'" in capsys.readouterr().err
    assert packs_of(studio, "nf") == []


def test_a_withdrawn_licence_touches_the_take_but_no_statement(studio, capsys):
    take = render_take(studio, RenderOrder(of(studio, Model, "dusk"), of(studio, Asset, "plate")))
    run(["policy", "state", "answers.NFX-02", "yes", "--why", "seen by ana", "--about", take.name])
    capsys.readouterr()
    run(["rights", "withdraw", "all", "--reason", "by letter", "--json"])
    touched = [kind for kind, _ in json.loads(capsys.readouterr().out)["quarantined"]]
    assert "Take" in touched
    assert "Statement" not in touched
    assert facts_of(studio, of(studio, Take, take.name))["model.quarantined"] is True
