"""What an ODRL agreement of somebody else's says, read strictly: whatever is not understood becomes a fault.

Beside `papers.odrl`, which writes and reads whole agreements, because a reader that drops nothing is long.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

from rushes.domain.actions import ACTIONS
from rushes.domain.errors import BadMaterial
from rushes.domain.grants import Licence
from rushes.domain.parts import AssetFile, Duty
from rushes.domain.question import EVERYTHING
from rushes.domain.territories import check_territory

ODRL = "http://www.w3.org/ns/odrl.jsonld"
PREFIXES = {
    "cawg": "https://cawg.io/tdm/",
    "rushes": "https://rushes.dev/ns/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
DUTIES = ("attribute", "compensate", "delete", "inform", "obtainConsent", "reviewPolicy")
"""Words of ODRL for what is asked in return; any other is ours."""
EVERYTHING_OF = "urn:rushes:everything-of:"
"""Before the name of an owner: all that they own."""
DAY = timedelta(days=1)
_RULE = {"@type", "uid", "target", "action", "constraint"}
_PERMISSION = {*_RULE, "duty", "rushes:modelSurvivesTerm", "rushes:liftsReservation"}
_POLICY = {
    "@context", "@type", "uid", "conflict", "assigner", "assignee", "permission", "prohibition",
    "rushes:document", "rushes:documentName", "rushes:documentBytes", "rushes:clause", "rushes:withdrawn",
}  # fmt: skip


@dataclass
class _Scope:
    """What the constraints of a rule leave."""

    uses: tuple[str, ...] | None = None
    territories: tuple[str, ...] | None = None
    starts: date | None = None
    ends: date | None = None


@dataclass
class AgreementReader:
    """Reads one agreement for one show, and gathers everything about it that is not understood.

    Attributes:
        known: what identifiers of others stand for here, by name.
        faults: what is not understood, and where.
        owner: whoever grants it, once it was read.
    """

    show: str
    known: dict[str, str]
    faults: list[str] = field(default_factory=list)
    owner: str = ""

    def licences(self, document: Mapping[str, Any]) -> list[Licence]:
        """Return the licences it holds, not named yet; they are worth nothing where there are faults."""
        self._policy(document)
        licences = [
            self._licence(rule, document, f"permission {n}")
            for n, rule in enumerate(_listed(document.get("permission")), 1)
        ]
        for n, rule in enumerate(_listed(document.get("prohibition")), 1):
            ban = self._rule(rule, document, f"prohibition {n}", allowed=_RULE)
            ban = replace(ban, forbids=ban.actions, actions=())
            same = [i for i, grant in enumerate(licences) if _reach(grant) == _reach(ban)]
            for i in same:
                licences[i] = replace(licences[i], forbids=licences[i].forbids + ban.forbids)
            licences += [] if same else [ban]
        if not licences and not self.faults:
            self.faults.append("it permits nothing and forbids nothing")
        return licences

    def _policy(self, document: Mapping[str, Any]) -> None:
        self._only(document, _POLICY, "the agreement")
        self._context(document.get("@context"))
        if _bare(document.get("@type")) != "Agreement":
            self.faults.append(f"it is of type {document.get('@type')!r}: only an Agreement grants anything")
        if _bare(document.get("conflict")) != "prohibit":
            self.faults.append(f"conflict is {document.get('conflict')!r}, not 'prohibit'")
        if "rushes:withdrawn" in document:
            self.faults.append(f"it was withdrawn on {document['rushes:withdrawn']}: there is nothing left to take")
        self.owner = self._named(document.get("assigner"), "party", "assigner")
        if self._named(document.get("assignee"), "show", "assignee") != self.show:
            self.faults.append(f"it is granted to {document.get('assignee')!r}, not to {self.show}")
        texts = ("rushes:document", "rushes:documentName", "rushes:clause")
        for key in texts:
            if not isinstance(document.get(key, ""), str):
                self.faults.append(f"{key} is no text")
        size = document.get("rushes:documentBytes", 0)
        if type(size) is not int or size < 0:
            self.faults.append("rushes:documentBytes is no number of bytes")

    def _context(self, context: Any) -> None:
        for part in _listed(context):
            meant = part if isinstance(part, dict) else {}
            if part not in (ODRL, ODRL.replace("http:", "https:")) and (
                not meant or any(PREFIXES.get(prefix) != where for prefix, where in meant.items())
            ):
                self.faults.append(f"the context {part!r} may give other meanings to its words")
        if ODRL.split(":")[1] not in [str(part).split(":", 1)[-1] for part in _listed(context)]:
            self.faults.append("its context is not that of ODRL")

    def _licence(self, rule: Any, document: Mapping[str, Any], where: str) -> Licence:
        grant = self._rule(rule, document, where, allowed=_PERMISSION)
        said = rule if isinstance(rule, dict) else {}
        flags = {key: said.get(f"rushes:{key}", False) for key in ("modelSurvivesTerm", "liftsReservation")}
        self.faults += [f"{where}: rushes:{key} is {flag!r}" for key, flag in flags.items() if type(flag) is not bool]
        duties = tuple(self._duty(duty, f"{where}, duty {n}") for n, duty in enumerate(_listed(said.get("duty")), 1))
        return replace(grant, duties=duties, outlives=flags["modelSurvivesTerm"], lifts=flags["liftsReservation"])

    def _rule(self, rule: Any, document: Mapping[str, Any], where: str, *, allowed: set[str]) -> Licence:
        self._only(rule, allowed, where)
        rule = rule if isinstance(rule, dict) else {}
        kind = where.split(maxsplit=1)[0].capitalize()
        if _bare(rule.get("@type", kind)) != kind:
            self.faults.append(f"{where}: it is of type {rule['@type']!r}")
        targets = [self._target(target, where) for target in _listed(rule.get("target"))]
        if "target" not in rule or "action" not in rule:
            self.faults.append(f"{where}: it names no target or no action")
        actions = tuple(self._action(action, where) for action in _listed(rule.get("action")))
        scope = _Scope()
        for n, constraint in enumerate(_listed(rule.get("constraint")), 1):
            self._constrain(scope, constraint, f"{where}, constraint {n}")
        return Licence(
            self.show, "", self.owner, tuple(targets), actions,
            uses=(EVERYTHING,) if scope.uses is None else scope.uses,
            territories=(EVERYTHING,) if scope.territories is None else scope.territories,
            starts=scope.starts, ends=scope.ends, paper=_paper(document), clause=document.get("rushes:clause", ""),
        )  # fmt: skip

    def _constrain(self, scope: _Scope, constraint: Any, where: str) -> None:
        if not self._only(constraint, {"@type", "uid", "leftOperand", "operator", "rightOperand"}, where):
            return
        operand, operator = _bare(constraint.get("leftOperand")), _bare(constraint.get("operator"))
        values = self._values(constraint.get("rightOperand"), where)
        if operand == "dateTime":
            self._bound(scope, operator, values, where=where)
        elif operand not in ("purpose", "spatial", "rushes:production"):
            self.faults.append(f"{where}: {operand!r} is not understood")
        elif operator != "isAnyOf" and (operator != "eq" or len(values) != 1):
            self.faults.append(f"{where}: {operand} {operator} is not understood")
        elif operand == "purpose":
            scope.uses = _both(scope.uses, [self._purpose(value, where) for value in values])
        elif operand == "spatial":
            scope.territories = _both(scope.territories, [self._territory(value, where) for value in values])
        elif self.show not in [self._named(value, "show", where) for value in values]:
            self.faults.append(f"{where}: it is for another production than {self.show}")

    def _bound(self, scope: _Scope, operator: str, values: Sequence[str], *, where: str) -> None:
        first: Mapping[str, Callable[[date], date]] = {"gteq": lambda day: day, "gt": lambda day: day + DAY}
        last: Mapping[str, Callable[[date], date]] = {"lteq": lambda day: day, "lt": lambda day: day - DAY}
        try:
            day = date.fromisoformat(*values)
            if operator in first:
                scope.starts = max(scope.starts or date.min, first[operator](day))
            elif operator in last:
                scope.ends = min(scope.ends or date.max, last[operator](day))
            else:
                self.faults.append(f"{where}: dateTime {operator} is not understood")
        except (ValueError, TypeError, OverflowError):
            self.faults.append(f"{where}: {', '.join(values) or 'nothing'} is no date")

    def _duty(self, duty: Any, where: str) -> Duty:
        understood = {"@type", "uid", "action", "constraint", "rushes:words", "rushes:dischargedAt", "rushes:evidence"}
        if not self._only(duty, understood, where):
            return Duty("", "", None)
        action, scope = _bare(duty.get("action")), _Scope()
        word = unquote(action.removeprefix("rushes:"))
        if action not in DUTIES and not action.startswith("rushes:"):
            self.faults.append(f"{where}: the duty {duty.get('action')!r} is not understood")
        for constraint in _listed(duty.get("constraint")):
            self._constrain(scope, constraint, where)
        if (scope.starts, scope.uses, scope.territories) != (None, None, None):
            self.faults.append(f"{where}: only its last day is understood")
        if not isinstance(words := duty.get("rushes:words", word), str):
            self.faults.append(f"{where}: rushes:words is no text")
        return Duty(word, words, scope.ends)

    def _values(self, operand: Any, where: str) -> list[str]:
        values = []
        for value in _listed(operand):
            plain = value
            if isinstance(value, dict) and set(value) in ({"@value", "@type"}, {"@value"}, {"@id"}):
                plain = value.get("@value", value.get("@id"))
                if value.get("@type", "xsd:date") not in ("xsd:date", "xsd:string", f"{PREFIXES['xsd']}date"):
                    self.faults.append(f"{where}: a value of type {value['@type']!r} is not understood")
            if isinstance(plain, str):
                values.append(plain)
            else:
                self.faults.append(f"{where}: {value!r} is not understood")
        return values

    def _purpose(self, value: str, where: str) -> str:
        value = self.known.get(value, value.replace(PREFIXES["rushes"], "rushes:", 1))
        if ":" in value and not value.startswith("rushes:"):
            self.faults.append(f"{where}: the purpose {value!r} is no department of ours")
        return unquote(value.removeprefix("rushes:"))

    def _territory(self, value: str, where: str) -> str:
        try:
            return check_territory(value)
        except BadMaterial as error:
            self.faults.append(f"{where}: {error.what}")
            return value

    def _action(self, action: Any, where: str) -> str:
        word = str(action).replace(PREFIXES["cawg"], "cawg.", 1).replace("cawg:", "cawg.", 1)
        if word not in ACTIONS:
            self.faults.append(f"{where}: the action {action!r} is not understood; there is {', '.join(ACTIONS)}")
        return word

    def _target(self, target: Any, where: str) -> str:
        if isinstance(target, str) and target.startswith(EVERYTHING_OF):
            if unquote(target.removeprefix(EVERYTHING_OF)) != self.owner:
                self.faults.append(f"{where}: its target {target!r} is not the assigner's to grant")
            return EVERYTHING
        return self._named(target, "asset", f"{where}, target")

    def _named(self, value: Any, kind: str, where: str) -> str:
        """Return the name that an identifier stands for."""
        if isinstance(value, dict) and self._only(value, {"@type", "uid", "@id"}, where):
            value = value.get("uid", value.get("@id"))
        start = f"urn:rushes:{kind}:"
        if isinstance(value, str) and (value in self.known or value.startswith(start)):
            return self.known.get(value) or unquote(value.removeprefix(start))
        self.faults.append(f"{where}: nobody has said what {value!r} stands for")
        return ""

    def _only(self, value: Any, understood: Iterable[str], where: str) -> bool:
        """Tell whether it is an object; whatever else it holds is a fault."""
        if not isinstance(value, dict):
            self.faults.append(f"{where}: {value!r} is no object")
            return False
        self.faults += [f"{where}: {key} is not understood" for key in sorted(set(value) - set(understood))]
        return True


def _listed(value: Any) -> list[Any]:
    """JSON-LD writes one value with or without brackets."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _bare(word: Any) -> str:
    if isinstance(word, dict) and set(word) == {"@id"}:
        word = word["@id"]
    return str(word).removeprefix("http://www.w3.org/ns/odrl/2/").removeprefix("odrl:")


def _both(earlier: tuple[str, ...] | None, values: Sequence[str]) -> tuple[str, ...]:
    """Constraints of a rule all have to hold: what two of them leave is what is in both."""
    return tuple(value for value in values if earlier is None or value in earlier)


def _reach(grant: Licence) -> tuple[object, ...]:
    return grant.assets, grant.uses, grant.starts, grant.ends


def _paper(document: Mapping[str, Any]) -> AssetFile | None:
    if "rushes:document" not in document:
        return None
    name, size = document.get("rushes:documentName", ""), document.get("rushes:documentBytes", 0)
    return AssetFile(name, document["rushes:document"], size)
