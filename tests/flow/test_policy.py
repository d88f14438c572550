"""The rules that a show has chosen, from choosing them to a delivery that they hold back."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from rushes.cli import run
from rushes.departments.look.look import neutral_look
from rushes.departments.look.packing import pack_look
from rushes.domain.errors import BadMaterial, BadSignature, NotCleared
from rushes.domain.nouns import Asset, Dataset, Model, Take
from rushes.domain.records import digest_of, to_json
from rushes.domain.said import Answer, Statement
from rushes.domain.scopes import scope_of
from rushes.flow.deliver import Parcel, deliver_takes
from rushes.flow.policy import answer_to, ask, choose_packs, facts_of, packs_of, refusals, rulebook_of
from rushes.flow.render import checked_order, render_take
from rushes.flow.rendering import RenderOrder
from rushes.flow.review import review_take
from rushes.flow.train import Order, train_model
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.policy import cases
from rushes.policy.packs import known_facts
from rushes.settings import read_settings
from rushes.signing.scopes import sign_scope
from rushes.signing.spelling import to_base64
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


def asked_on_the_line(capsys, *words):
    capsys.readouterr()
    code = run(["policy", "ask", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_an_answer_goes_on_record_and_is_proved_by_a_signed_checkpoint(studio, capsys):
    code, told = asked_on_the_line(capsys, "may_train", "dusk")
    [kept] = studio.ledger.every(Answer, "nf")
    assert (code, told["decision"], told["digest"]) == (0, "allow", digest_of(kept))
    assert {name: told[name] for name in to_json(kept)} == to_json(kept)
    assert kept.about == digest_of(of(studio, Dataset, "dusk"))
    assert (kept.policy, kept.valid_until, kept.reasons) == (None, None, ())
    entry, proof = studio.ledger.entry(told["digest"]), studio.ledger.prove(told["digest"])
    assert (told["log_index"], told["checkpoint"]) == (entry.position, proof.checkpoint)
    assert entry.recorded_by == "ana"
    assert studio.ledger.audit([told["checkpoint"]]).faults == ()


def test_what_if_leaves_nothing_on_record(studio, capsys):
    code, told = asked_on_the_line(capsys, "may_train", "dusk", "--what-if")
    assert (code, told["allowed"], "log_index" in told) == (0, True, False)
    assert studio.ledger.every(Answer, "nf") == []


def test_the_answer_shows_decision_reasons_remedy_and_its_place_in_the_log(studio, capsys, tmp_path):
    run(["policy", "choose", str(pack_file(tmp_path, "may_train", "escalate"))])
    run(["rights", "withdraw", "all", "--reason", "by letter"])
    capsys.readouterr()
    assert run(["policy", "ask", "may_train", "dusk"]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "may_train dusk: deny",
        "R-LIC-08",
        "OWN-may_train",
        "escalate",
        "all: plate",
        "nothing would be left",
    ):
        assert words in shown
    assert "A person answers: answers.OWN-may_train. Read them." in shown
    assert "On record: fact " in shown


def test_each_question_gets_the_answer_again_that_it_got_then(studio, tmp_path, capsys):
    """P8: whatever is recorded afterwards, the past answers as it did."""
    take = render_take(studio, RenderOrder(of(studio, Model, "dusk"), of(studio, Asset, "plate")))
    subjects = {"may_train": "dusk", "may_generate": "dusk", "may_release": take.name}
    run(["policy", "choose", str(pack_file(tmp_path, "may_train"))])
    later = [
        ["policy", "state", "tool.terms_checked_at", studio.today().isoformat(), "--why", "read"],
        ["rights", "withdraw", "all", "--reason", "by letter"],
        ["rights", "licence", "new", "--owner", "N", "--allow", "ai_training", "--allow", "ai_inference"],
        ["policy", "choose", str(pack_file(tmp_path, "may_generate"))],
    ]
    for words in [["policy", "packs"], *later]:
        assert run(words) == 0
        for question, name in subjects.items():
            run(["policy", "ask", question, name])
    answers = studio.ledger.every(Answer, "nf")
    assert len(answers) == 15
    assert {one.decision for one in answers} == {"allow", "deny"}
    kinds = {"may_train": Dataset, "may_generate": Model, "may_release": Take}
    for kept in answers:
        past = studio.at(kept.as_of)
        again, _ = answer_to(past, kept.question, past.ledger.get(kept.about))
        assert again == kept
        assert isinstance(past.ledger.get(kept.about), kinds[kept.question])
    code, told = asked_on_the_line(capsys, "may_train", "dusk", "--as-of", answers[3].as_of.isoformat())
    assert (code, told["decision"]) == (0, answers[3].decision)
    assert told["reasons"] == [] != answers[6].reasons
    assert told["digest"] == digest_of(answers[3])  # the same answer is the same fact


@pytest.mark.parametrize("moment", ["2999-01-01T00:00:00Z", "2026-09-30T12:00:00", "yesterday"])
def test_a_moment_that_is_still_to_come_or_none_at_all_is_refused(studio, moment, capsys):
    assert run(["policy", "ask", "may_train", "dusk", "--as-of", moment]) == 1
    assert studio.ledger.every(Answer, "nf") == []


def test_before_something_was_on_record_nobody_can_ask_about_it(studio, capsys):
    assert run(["policy", "ask", "may_train", "dusk", "--as-of", "2020-01-01T00:00:00Z"]) == 1
    assert "dusk" in capsys.readouterr().err


def spoilt(studio, what):
    """Spoil a chosen pack or its signature, and return what the refusal has to say."""
    book = rulebook_of(studio, "nf")
    if what == "bytes":
        path = studio.vault.path(book.packs[0])
        path.chmod(0o600)
        path.write_bytes(path.read_bytes().replace(b"90", b"99"))
        return "not what was put in"
    if what == "gone":
        studio.vault.path(book.packs[0]).unlink()
        return "no file in the vault"
    if what == "no pack":
        file = studio.vault.put_bytes(b'name = "own"', "own.toml")
        choose_packs(studio, "nf", [file])
        return "is no rule pack"
    signatures = {
        "unsigned": (),
        "another": (to_base64(b"x" * 64),),
        "garbled": ("?",),
        "of another name": choose_packs(studio, "nf", [replace(book.packs[0], name="b.toml")]).signatures,
    }
    studio.record(replace(book, signatures=signatures[what], revision=book.revision + 2))
    return "has not signed these rule packs"


@pytest.mark.parametrize("what", ["bytes", "gone", "no pack", "unsigned", "another", "garbled", "of another name"])
def test_a_pack_that_is_damaged_or_badly_signed_denies_everything(studio, tmp_path, what, capsys):
    run(["policy", "choose", str(pack_file(tmp_path, "may_train"))])
    run(["policy", "state", "tool.terms_checked_at", studio.today().isoformat(), "--why", "read"])
    dataset = of(studio, Dataset, "dusk")
    assert refusals(studio, "may_train", dataset) == []
    words = spoilt(studio, what)
    [refusal] = refusals(studio, "may_train", dataset)
    assert refusal.startswith("R-POL-01: ")
    assert words in refusal
    code, told = asked_on_the_line(capsys, "may_train", "dusk")
    assert (code, told["decision"], [one["rule"] for one in told["reasons"]]) == (1, "deny", ["R-POL-01"])
    with pytest.raises(NotCleared, match="R-POL-01"):
        train_model(studio, Order(dataset, "new", "standard"))


def test_packs_that_are_chosen_are_signed(studio, tmp_path):
    run(["policy", "choose", "base", str(pack_file(tmp_path, "may_train"))])
    book = rulebook_of(studio, "nf")
    assert len(book.signatures) == len(book.packs) == 2
    assert len(packs_of(studio, "nf")) == 2
    studio.record(replace(book, signatures=book.signatures[::-1], revision=book.revision + 1))
    with pytest.raises(BadSignature, match=r"base\.toml\n.*own\.toml"):
        packs_of(studio, "nf")


@pytest.mark.parametrize("value", ["null", "NaN", "true", "[]", '"soon"', "5", "{}", '["2026-11-01"]'])
def test_a_statement_that_is_no_value_of_its_fact_is_never_better_than_none(studio, tmp_path, value):
    run(["policy", "choose", str(pack_file(tmp_path, "may_train"))])
    studio.record(Statement("nf", "tool.terms_checked_at", None, value, "so"))
    answer, _ = answer_to(studio, "may_train", of(studio, Dataset, "dusk"))
    assert answer.decision == "deny"
    assert {one.rule for one in answer.reasons} <= {"OWN-may_train", "R-POL-01"}


def test_a_model_whose_signature_does_not_fit_is_denied(studio):
    model = of(studio, Model, "dusk")
    wider = replace(model, scope=replace(model.scope, uses=("look", "paint")))
    answer, _ = answer_to(studio, "may_generate", wider)
    assert [one.rule for one in answer.reasons] == ["R-POL-01"]
    assert answer_to(studio, "may_generate", model)[0].decision == "allow"


def test_a_withdrawn_licence_denies_model_and_take_and_says_why(studio):
    take = render_take(studio, RenderOrder(of(studio, Model, "dusk"), of(studio, Asset, "plate")))
    run(["rights", "withdraw", "all", "--reason", "by letter"])
    model, _ = answer_to(studio, "may_generate", of(studio, Model, "dusk"))
    assert {one.rule for one in model.reasons} == {"R-MOD-01"}
    released, _ = answer_to(studio, "may_release", of(studio, Take, take.name))
    assert {one.rule for one in released.reasons} == {"R-LIC-08", "R-MOD-01"}


def test_footage_that_comes_in_is_asked_about_before_it_is_on_record(studio, tmp_path):
    path = pack_file(tmp_path, "may_ingest")
    must = '{ fact = "asset.owner", not_empty = true }, { fact = "asset.people", stated = true }, { fact = "tool'
    path.write_text(path.read_text().replace('must = [{ fact = "tool', f"must = [{must}", 1))
    assert run(["policy", "choose", str(path)]) == 0
    today = studio.today()
    plate = of(studio, Asset, "plate")
    new = replace(plate, name="never seen", owner=None, people=None)
    stated = {"tool.terms_checked_at": today, "dataset.people": ()}
    [refusal] = refusals(studio, "may_ingest", new, stated=stated)
    assert refusal.endswith(
        "nobody has stated asset.owner, asset.people; to be answered by a person: Are the terms bearable?"
    )
    assert refusals(studio, "may_ingest", replace(new, owner="N", people=("ana",)), stated=stated) == []
    run(["policy", "state", "tool.terms_checked_at", today.isoformat(), "--why", "read"])
    reserved = {"asset.reserved": ("cawg.data_mining",)}
    assert answer_to(studio, "may_ingest", new, stated=reserved)[1]["asset.reserved"] == ("cawg.data_mining",)
    known = facts_of(studio, plate)
    assert known["asset.reserved"] == known["asset.held"] == ()
    assert (known["asset.owner"], known["asset.people"], known["asset.kind"]) == ("N", (), "plate")
    with pytest.raises(BadMaterial, match="not asked of a clip by itself"):
        answer_to(studio, "may_train", plate)


def test_who_gets_a_model_is_said_with_the_question(studio, tmp_path):
    path = pack_file(tmp_path, "may_export")
    for before, after in RECIPIENT.items():
        path.write_text(path.read_text().replace(before, after))
    assert run(["policy", "choose", str(path)]) == 0
    model = of(studio, Model, "dusk")
    assert "nobody has stated recipient.third_party" in refusals(studio, "may_export", model)[0]
    assert refusals(studio, "may_export", model, stated={"recipient.third_party": False}) == []
    assert refusals(studio, "may_export", model, stated={"recipient.third_party": True}) != []
    answer, facts = answer_to(studio, "may_export", model, stated={"recipient.third_party": False})
    assert (answer.decision, facts["recipient.third_party"]) == ("allow", False)


RECIPIENT = {
    '"tool.terms_checked_at", within_days = 90': '"recipient.third_party", is = false',
    '"tool.terms_checked_at" = 2026-11-01, "job.date" = 2026-11-02': '"recipient.third_party" = false',
}


def test_the_gate_is_asked_once_for_a_training(studio, monkeypatch, tmp_path):
    run(["policy", "choose", str(pack_file(tmp_path, "may_train"))])
    asked = []
    real = cases.objections_by_signature
    monkeypatch.setattr(cases, "objections_by_signature", lambda *question: asked.append(1) or real(*question))
    with pytest.raises(NotCleared):
        train_model(studio, Order(of(studio, Dataset, "dusk"), "new", "standard"))
    assert len(asked) == 1
    answer_to(studio, "may_train", of(studio, Dataset, "dusk"))
    assert len(asked) == 2
