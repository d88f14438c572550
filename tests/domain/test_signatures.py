"""Assets that no rule can tell apart get one answer, and it is the one that each would have got by itself."""

import sys
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from rushes.domain.gate import objections, relied_on
from rushes.domain.nouns import Asset
from rushes.domain.question import Grants
from rushes.domain.signatures import all_objections, objections_by_signature, signature_of

sys.path.append(str(Path(__file__).parent))

from worlds import random_asset, world

KINDS = [field.name for field in fields(Grants) if field.init]


def many_worlds(count, seed):
    random = Random(seed)
    for _ in range(count):
        asset, use, grants = world(random)
        others = [random_asset(random, random.choice((None, "N", "ana", "*", "else"))) for _ in range(12)]
        yield [asset, *others], use, grants


def test_the_answer_is_that_of_asking_for_each_asset_by_itself():
    grouped = 0
    for assets, use, grants in many_worlds(50, seed=1):
        groups = objections_by_signature(assets, use, grants)
        assert all_objections(assets, groups) == [one for asset in assets for one in objections(asset, use, grants)]
        assert sorted(place for group in groups for place in group.places) == list(range(len(assets)))
        for group in groups:
            for place in group.places:
                by_itself = relied_on(assets[place], use, grants)
                assert group.relied_on == (() if objections(assets[place], use, grants) else tuple(by_itself))
        grouped += len(assets) - len(groups)
    assert grouped > 100


def test_a_group_begins_with_its_example_and_groups_come_in_the_order_of_the_assets():
    for assets, use, grants in many_worlds(20, seed=2):
        groups = objections_by_signature(assets, use, grants)
        assert [group.example for group in groups] == [assets[group.places[0]] for group in groups]
        assert sorted(groups, key=lambda group: group.places) == groups
        assert all(sorted(group.places) == list(group.places) for group in groups)


def test_assets_of_one_group_have_one_signature():
    for assets, use, grants in many_worlds(8, seed=3):
        for group in objections_by_signature(assets, use, grants):
            one = signature_of(group.example, grants)
            assert all(signature_of(assets[place], grants) == one for place in group.places)


def traced(record, log):
    """Return a record that notes which of its fields are read."""

    class Traced(type(record)):
        def __getattribute__(self, name):
            if name in names:
                log.add((kind, name))
            return super().__getattribute__(name)

    kind, names = type(record).__name__, {field.name for field in fields(record)}
    copy = object.__new__(Traced)
    copy.__dict__.update(record.__dict__)
    return copy


@pytest.fixture(scope="module")
def read_by_rules():
    """Every field of every record that the rules read on many random worlds."""
    random, log = Random(4), set()
    for _ in range(300):
        asset, use, grants = world(random)
        seen = {kind: [traced(one, log) for one in getattr(grants, kind)] for kind in KINDS}
        objections(traced(asset, log), use, Grants(**seen))
    return log


def test_the_rules_read_name_owner_and_people_of_an_asset_and_nothing_else(read_by_rules):
    assert {name for kind, name in read_by_rules if kind == "Asset"} == {"name", "owner", "people"}


def test_the_rules_read_records_of_every_kind(read_by_rules):
    kinds = {kind for kind, _ in read_by_rules}
    assert kinds - {"Asset"} == {
        *("Licence", "Consent", "Withdrawal", "Reservation"),
        *("Hold", "Discharge", "Party", "OptIn"),
    }
    assert ("OptIn", "agreed") in read_by_rules
    assert ("Party", "minor") in read_by_rules


def other(value):
    """Return another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, date) or value is None:
        return date(2020, 1, 1)
    return (*value, "else") if isinstance(value, tuple | list) else f"{value}-else"


def test_changing_any_field_that_a_rule_reads_changes_the_signature(read_by_rules):
    random, changed = Random(5), set()
    for _ in range(50):
        asset, _, grants = world(random)
        before = signature_of(asset, grants)
        for kind, name in read_by_rules:
            if kind == "Asset" and name != "name":
                value = ("else",) if getattr(asset, name) is None else other(getattr(asset, name))
                assert signature_of(replace(asset, **{name: value}), grants) != before
        for kind in KINDS:
            records = list(getattr(grants, kind))
            for place, record in enumerate(records):
                if record not in before.records:
                    continue
                for cls, name in read_by_rules:
                    if cls == type(record).__name__:
                        there = [*records]
                        there[place] = replace(record, **{name: other(getattr(record, name))})
                        assert signature_of(asset, replace(grants, **{kind: there})) != before, (cls, name)
                        changed.add((cls, name))
    assert changed == {read for read in read_by_rules if read[0] != "Asset"}


def test_a_record_that_changes_the_answer_changes_the_signature():
    random, changed = Random(6), 0
    for _ in range(200):
        asset, use, grants = world(random)
        _, _, elsewhere = world(random)
        kind = random.choice(KINDS)
        more = replace(grants, **{kind: [*getattr(grants, kind), *getattr(elsewhere, kind)]})
        if objections(asset, use, more) != objections(asset, use, grants):
            assert signature_of(asset, more) != signature_of(asset, grants)
            changed += 1
    assert changed > 10


def test_a_name_alone_makes_no_signature():
    for assets, _, grants in many_worlds(20, seed=7):
        unnamed = replace(assets[0], name="never said")
        assert signature_of(unnamed, grants) == signature_of(replace(unnamed, name="nor this"), grants)
        assert isinstance(unnamed, Asset)
