"""A constructed show whose model needs every kind of paper: two licences, a consent, an earlier model."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry, Resource

from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset, Model, Show
from rushes.domain.parts import AssetFile, Duty, Item, Measure, Scope
from rushes.domain.records import digest_of
from rushes.papers.model_facts import LogPlace, ModelFacts, Run, Words

SCHEMAS = Path(__file__).with_name("schemas")
SHOW = "northern_light"
WRITTEN = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
TRAINING = ("cawg.ai_training",)
VERSIONS = {"rushes": "0.1.0", "python": "3.11.2", "numpy": "2.3.1", "torch": "2.13.0+cpu"}


def some_file(name: str) -> AssetFile:
    return AssetFile(name, f"sha256:{sha256(name.encode()).hexdigest()}", 1000 + len(name))


def clip(name: str, *, owner: str, people: tuple[str, ...], frames: tuple[int, int] = (1001, 1008)) -> Asset:
    files = tuple(some_file(f"{name}.{number}.exr") for number in range(frames[0], frames[1] + 1))
    return Asset(SHOW, name, "plate", owner, people, files, frames, 2048, 858, "24000/1001", "ACEScg", "01:00:00:00")


def by_digest(*nouns):
    return {digest_of(noun): noun for noun in nouns}


def make_model(name: str, dataset: Dataset, *, earlier: tuple[str, ...] = (), **more) -> Model:
    people, ends = ("a_actor",), dataset.valid_until
    return Model(
        show=SHOW,
        name=name,
        department="look",
        dataset=digest_of(dataset),
        recipe='{"encoding":"ACEScct","name":"standard","seed":7}',
        seed=7,
        weights=some_file(f"{name}.safetensors"),
        scope=Scope(SHOW, ("look",), people, "GB", ends),
        measures=more.get("measures", ()),
        reports=(some_file("training.html"),),
        base=more.get("base"),
        earlier=earlier,
        signature="c2lnbmVk",
    )


def make_facts(**changed) -> ModelFacts:
    """Gather what a training of a look on two owners' footage would: any of it can be changed."""
    before = clip("nf_012_0040", owner="Northlight Pictures", people=("a_actor",))
    after = replace(clip("nf_012_0040_grade", owner="Northlight Pictures", people=("a_actor",)), kind="grade")
    still = replace(clip("harbour_ref", owner="Harbour Stills Ltd", people=(), frames=(1, 1)), kind="still")
    mine = Licence(
        SHOW, "own_footage", "Northlight Pictures", ("*",), TRAINING, ("*",), ("*",), None, None, some_file("own.pdf")
    )
    theirs = Licence(
        SHOW,
        "harbour_2026",
        "Harbour Stills Ltd",
        ("harbour_ref",),
        TRAINING,
        ("look",),
        ("GB", "IE"),
        date(2026, 1, 1),
        date(2028, 12, 31),
        some_file("harbour.pdf"),
        duties=(Duty("credit", "name Harbour Stills in the end credits", None),),
    )
    hers = Consent(
        SHOW, "actor_look", "a_actor", TRAINING, ("look",), date(2026, 3, 1), date(2029, 6, 30), some_file("actor.pdf")
    )
    items = (
        Item(digest_of(before), "before", 0, (1001, 1002, 1003, 1006)),
        Item(digest_of(after), "after", 0, (1001, 1002, 1003, 1006)),
        Item(digest_of(still), "reference", 1, (1,)),
    )
    grants = by_digest(mine, theirs, hers)
    ends = date(2028, 12, 31)
    dataset = Dataset(SHOW, "harbour_v2", "look", TRAINING[0], "GB", items, tuple(grants), date(2026, 11, 20), ends)
    first = make_model("harbour_first", replace(dataset, name="harbour_v1"))
    measures = (
        Measure("delta_e_itp, mean", 0.84, "", 1.5, True),
        Measure("delta_e_itp, worst frame", 2.75, "", 2.5, False),
        Measure("size of the LUT", 33, "points"),
    )
    model = make_model("harbour", dataset, earlier=(digest_of(first),), measures=measures)
    return ModelFacts(
        **{
            "show": Show(
                SHOW, SHOW, "Northern Light", "Northlight Pictures", "GB", "ocio://x", "ACEScg", "sRGB", "ACES", "24"
            ),
            "model": model,
            "dataset": dataset,
            "assets": by_digest(before, after, still),
            "grants": grants,
            "run": Run(
                builder="https://northlight.example/rushes/desk-3",
                versions=VERSIONS,
                machine="x86_64, 2 cores, AVX2",
                threads=1,
                deterministic=True,
                started=datetime(2026, 11, 22, 15, 0, tzinfo=UTC),
                finished=datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC),
                job="train-1a2b3c4d5e6f",
            ),
            "written": WRITTEN,
            "earlier": by_digest(first),
            "log": LogPlace("northlight.example/log", 41),
            "words": Words(
                makes="an editable grade: CDL, curves and a residual LUT",
                limits=("It has seen daylight only; night scenes are a guess.",),
                titles={"a_actor": "Ada Actor"},
            ),
            **changed,
        }
    )


@pytest.fixture(scope="session")
def facts() -> ModelFacts:
    return make_facts()


@pytest.fixture(scope="session")
def facts_of() -> Callable[..., ModelFacts]:
    return make_facts


def facts_from_lessons(lessons, *, backwards: bool = False) -> ModelFacts:
    """Gather a show from owner, people, role and frames of each lesson; backwards, its nouns come in another order."""
    clips = [
        clip(f"clip_{number}", owner=owner, people=people, frames=(1, 8))
        for number, (owner, people, _, _) in enumerate(lessons)
    ]
    lessons_of = zip(clips, lessons, strict=True)
    items = tuple(Item(digest_of(one), role, n, frames) for n, (one, (_, _, role, frames)) in enumerate(lessons_of))
    owners = sorted({owner for owner, *_ in lessons})
    people = sorted({person for _, seen, *_ in lessons for person in seen})
    grants = [
        *(Licence(SHOW, f"by_{n}", who, ("*",), TRAINING, ("*",), ("*",), None, None) for n, who in enumerate(owners)),
        *(Consent(SHOW, f"of_{n}", who, TRAINING, ("look",), None, None) for n, who in enumerate(people)),
    ]
    relied_on = tuple(map(digest_of, grants))
    dataset = Dataset(SHOW, "any", "look", TRAINING[0], "GB", items, relied_on, date(2026, 11, 20), None)
    model = replace(make_model("any", dataset), scope=Scope(SHOW, ("look",), tuple(people), "GB", None))
    if backwards:
        clips.reverse()
        grants.reverse()
    facts = {"dataset": dataset, "model": model, "earlier": {}}
    return make_facts(assets=by_digest(*clips), grants=by_digest(*grants), **facts)


@pytest.fixture(scope="session")
def facts_from() -> Callable[..., ModelFacts]:
    return facts_from_lessons


def read_schema(name: str) -> dict:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def cyclonedx() -> Draft7Validator:
    """The official schema of CycloneDX 1.7, with everything that it refers to."""
    names = [path.name for path in SCHEMAS.glob("*.SNAPSHOT.schema.json")]
    registry = Registry().with_resources(
        (f"http://cyclonedx.org/schema/{name}", Resource.from_contents(read_schema(name))) for name in names
    )
    return Draft7Validator(
        read_schema("bom-1.7.SNAPSHOT.schema.json"), registry=registry, format_checker=Draft7Validator.FORMAT_CHECKER
    )


@pytest.fixture(scope="session")
def spdx() -> Draft202012Validator:
    """The official schema of SPDX 3.0.1."""
    return Draft202012Validator(read_schema("spdx-3.0.1.schema.json"))
