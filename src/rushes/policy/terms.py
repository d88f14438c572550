"""Terms are dated data: outside its term a pack says one thing only, that there are others to be chosen."""

from collections.abc import Sequence
from dataclasses import replace

from rushes.domain.rules import QUESTIONS, TODAY, Condition, Facts, Pack, PolicyRule, said


def packs_in_term(packs: Sequence[Pack], facts: Facts) -> list[Pack]:
    """Return packs as they speak on a day; of one whose term does not hold then, only that it does not.

    Where a person has answered that its terms hold all the same, as they may until there are new ones, it speaks whole.

    Args:
        packs: that the show has chosen.
        facts: what is known; `job.date` is the day.
    """
    return [_in_term(pack, facts) for pack in packs]


def _in_term(pack: Pack, facts: Facts) -> Pack:
    term = _term(pack, facts)
    return pack if term is None or said(facts, term.answer) == "yes" else replace(pack, rules=(term,))


def _term(pack: Pack, facts: Facts) -> PolicyRule | None:
    """Return what is said of a pack whose term does not hold, or None: it does."""
    begins = (Condition(TODAY, "at_least", pack.starts),) if pack.starts else ()
    ends = (Condition(TODAY, "not_after", pack.ends),) if pack.ends else ()
    broken = [one for one in (*begins, *ends) if one.holds(facts) is not True]
    if not broken:
        return None
    when = f"begin on {pack.starts}" if broken[0] in begins else f"ended on {pack.ends}"
    return PolicyRule(
        id=f"TERM-{pack.name}",
        text=f"The terms of {pack.name} {when}: choose the new ones.",
        source=pack.source,
        ask=QUESTIONS,
        when=(),
        must=(*begins, *ends),
        otherwise="escalate",
        remedy="Choose the pack of the terms that hold now: rushes policy choose.",
        question=f"Do the terms of {pack.label} hold today all the same?",
        passes={},
        fails={},
    )
