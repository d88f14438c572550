"""The gate and the evaluator of rule packs against an engine of another house, on random worlds."""

import sys
from pathlib import Path
from random import Random

import pytest

from rushes.domain.gate import objections
from rushes.domain.rules import judged
from rushes.policy.packs import installed_packs, read_pack

pytest.importorskip("cedarpy", reason="cedarpy is for tests only, and not installed here")
sys.path.append(str(Path(__file__).parent))

from cedar import broken, gate_policies, pack_policies, request_of, request_with
from worlds import random_facts, world

RULES = [rule for name, content in installed_packs().items() for rule in read_pack(content, name).rules]
FORBIDS = {"R-LIC-10", "R-TDM-01", "R-HLD-01", "R-ART-01"}


def disagreements(worlds, seed):
    """Return the random worlds in which gate and Cedar disagree, how many are allowed, and the rules that were met."""
    random, (policies, names) = Random(seed), gate_policies()
    made = [world(random) for _ in range(worlds)]
    apart, allowed, seen = [], 0, set()
    for one, (yes, places) in zip(made, broken(policies, [request_of(*one) for one in made]), strict=True):
        ours = {found.rule for found in objections(*one)}
        theirs = {names[place] for place in places} - {"allow"}
        if yes != (not ours) or theirs != ours & FORBIDS:
            apart.append(one)
        allowed += yes
        seen |= ours
    return apart, allowed, seen


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_gate_and_cedar_agree_on_every_random_world_and_each_rule_is_met(seed):
    apart, allowed, seen = disagreements(1000, seed=seed)
    assert apart == []
    assert allowed > 100
    assert seen >= FORBIDS | {"R-OWN-01", "R-CON-01", "R-CON-02", *(f"R-LIC-0{i}" for i in range(1, 10))}
    assert seen >= {f"R-CON-{i:02}" for i in range(4, 12)}


def test_rules_of_packs_and_cedar_agree_on_random_facts():
    random = Random(2)
    told = [random_facts(random, RULES) for _ in range(300)]
    answers = broken(pack_policies(RULES), [request_with(facts) for facts in told])
    for facts, (_, places) in zip(told, answers, strict=True):
        assert places == [place for place, rule in enumerate(RULES) if judged(rule, facts) is False]


def test_a_policy_of_cedar_that_fails_counts_as_a_no():
    policies, _ = gate_policies()
    request = request_of(*world(Random(1)))
    request["context"]["hold0"] = {}
    assert broken(policies, [request])[0][0] is False
