"""A licence as an ODRL 2.2 agreement in JSON-LD, and back.

Reading is strict: what is not understood is refused, all of it at once, for a restriction that was dropped would
widen the grant. ODRL has no word for teaching a model, so the actions are those of CAWG.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

from rushes.domain.errors import BadMaterial
from rushes.domain.grants import Licence
from rushes.domain.parts import Duty
from rushes.domain.question import EVERYTHING
from rushes.papers.odrl_reader import DAY, DUTIES, EVERYTHING_OF, ODRL, PREFIXES, AgreementReader


def to_odrl(licence: Licence, withdrawn: date | None, discharged: Mapping[str, date]) -> dict[str, Any]:
    """Return a licence as an ODRL Agreement.

    Args:
        licence: between its owner and its show.
        withdrawn: the first day on which it no longer counts, or None; then the agreement ends before that day.
        discharged: by name of the duty, the day on which it was done.
    """
    target = [_everything(licence) if name == EVERYTHING else _urn("asset", name) for name in licence.assets]
    scope = _scope(licence, withdrawn)
    places = [] if EVERYTHING in licence.territories else [_is_any("spatial", licence.territories)]
    agreement: dict[str, Any] = {
        "@context": [ODRL, PREFIXES],
        "@type": "Agreement",
        "uid": f"urn:rushes:agreement:{quote(licence.show, safe='')}:{quote(licence.name, safe='')}",
        "conflict": "prohibit",
        "assigner": _urn("party", licence.owner),
        "assignee": _urn("show", licence.show),
        "permission": [
            {
                "target": target,
                "action": [word.replace(".", ":", 1) for word in licence.actions],
                "constraint": [*scope, *places],
                "duty": [_duty(duty, discharged.get(duty.name)) for duty in licence.duties],
                "rushes:modelSurvivesTerm": licence.outlives and withdrawn is None,
                "rushes:liftsReservation": licence.lifts,
            }
        ],
        "rushes:clause": licence.clause,
    }
    if licence.forbids:
        forbidden = [word.replace(".", ":", 1) for word in licence.forbids]
        agreement["prohibition"] = [{"target": target, "action": forbidden, "constraint": scope}]
    if withdrawn:
        agreement["rushes:withdrawn"] = withdrawn.isoformat()
    if paper := licence.paper:
        agreement |= {"rushes:document": paper.digest, "rushes:documentName": paper.name}
        agreement["rushes:documentBytes"] = paper.bytes
    return agreement


def parse_odrl(text: str) -> dict[str, Any]:
    """Return a JSON-LD text as a document; a key that is there twice is refused, for either could be meant."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise BadMaterial("the agreement says something twice", sorted({key for key, _ in pairs}))
        return dict(pairs)

    try:
        document = json.loads(text, object_pairs_hook=once)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadMaterial(f"the agreement is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise BadMaterial("the agreement is no JSON object")
    return document


def from_odrl(
    document: Mapping[str, Any], *, show: str, name: str, known: Mapping[str, str] | None = None
) -> list[Licence]:
    """Return the licences that an agreement grants this show: one for each permission; none wider than it says.

    A prohibition joins the permissions of the same target, purpose and term; where there are none it becomes a licence
    that allows nothing. A paper that only a digest is known of has no name and no size until somebody brings it.

    Args:
        document: as `parse_odrl` or `to_odrl` returns it.
        show: must be whom it was granted to.
        name: of the first licence; further ones are `name-2` and so on.
        known: what identifiers of others stand for here: an owner, asset, show or department by its name.

    Raises:
        BadMaterial: with everything in it that is not understood.
    """
    reader = AgreementReader(show, dict(known or {}))
    licences = reader.licences(document)
    if reader.faults:
        remedy = "Nothing was taken from it. Ask for an agreement without these, or record the licence by hand."
        raise BadMaterial(f"{len(reader.faults)} thing(s) in the agreement are not understood", reader.faults, remedy)
    return [replace(grant, name=f"{name}-{n}" if n > 1 else name) for n, grant in enumerate(licences, 1)]


def _scope(licence: Licence, withdrawn: date | None) -> list[dict[str, Any]]:
    """Return what narrows permissions and prohibitions alike: production, purpose, term."""
    constraints = [_constraint("rushes:production", "eq", _urn("show", licence.show))]
    if EVERYTHING not in licence.uses:
        constraints.append(_is_any("purpose", [f"rushes:{quote(use, safe='')}" for use in licence.uses]))
    if licence.starts:
        constraints.append(_constraint("dateTime", "gteq", _day(licence.starts)))
    if withdrawn and withdrawn <= (licence.ends or date.max):
        constraints.append(_constraint("dateTime", "lt", _day(withdrawn)))
    elif licence.ends:
        constraints.append(_last_day(licence.ends))
    return constraints


def _duty(duty: Duty, done: date | None) -> dict[str, Any]:
    action = duty.name if duty.name in DUTIES else f"rushes:{quote(duty.name, safe='')}"
    said = {"action": action, "rushes:words": duty.words, "constraint": [_last_day(duty.due)] if duty.due else []}
    return said | ({"rushes:dischargedAt": done.isoformat()} if done else {})


def _last_day(day: date) -> dict[str, Any]:
    # "before the day after" holds for every hour of the last day, however a reader compares hours with days
    return (
        _constraint("dateTime", "lteq", _day(day))
        if day == date.max
        else _constraint("dateTime", "lt", _day(day + DAY))
    )


def _day(day: date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}


def _constraint(operand: str, operator: str, value: Any) -> dict[str, Any]:
    return {"leftOperand": operand, "operator": operator, "rightOperand": value}


def _is_any(operand: str, values: Sequence[str]) -> dict[str, Any]:
    return _constraint(operand, "isAnyOf", list(values))


def _urn(kind: str, name: str) -> str:
    return f"urn:rushes:{kind}:{quote(name, safe='')}"


def _everything(licence: Licence) -> str:
    return EVERYTHING_OF + quote(licence.owner, safe="")
