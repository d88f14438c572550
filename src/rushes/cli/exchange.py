"""rushes rights import, export: licences and consents from other people's files, and into them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.clearances import Party, Title
from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset
from rushes.domain.parts import AssetFile
from rushes.domain.records import digest_of, to_json
from rushes.media.whole import whole_file
from rushes.papers.croissant import to_croissant
from rushes.papers.odrl import from_odrl, parse_odrl, to_odrl
from rushes.papers.omc import to_omc
from rushes.papers.sheet import read_sheet, write_sheet
from rushes.studio import Studio

LARGEST = 16 << 20


@dataclass(frozen=True)
class Wanted:
    """What is to be written.

    Attributes:
        show: of which show.
        name: of the licence or dataset.
        identifiers: what others call the show, by whose list.
    """

    show: str
    name: str
    identifiers: Mapping[str, str]


def bring(
    file: Annotated[Path, typer.Argument(help="An ODRL agreement (.jsonld, .json) or a sheet (.csv).")],
    *,
    name: Annotated[str, typer.Option(help="What an agreement's licence is called; a sheet says it itself.")] = "",
    paper: Annotated[list[Path] | None, typer.Option(help="A signed document that it names; a copy is kept.")] = None,
    known: Annotated[list[str] | None, typer.Option(help="URI=NAME: what somebody else's address stands for.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Bring licences and consents in from an ODRL agreement or a sheet: all of them or, on any fault, none."""
    content = _read(file)
    with open_desk(show) as (studio, production):
        papers = {path.name: studio.vault.put(path) for path in paper or ()}
        if file.suffix.lower() == ".csv":
            grants = read_sheet(content, show=production.name, papers=papers)
        else:
            stand_for = dict(_pair(text) for text in known or ())
            document = parse_odrl(content.decode("utf-8-sig"))
            found = from_odrl(document, show=production.name, name=name or file.stem, known=stand_for)
            grants = [_with_paper(licence, papers) for licence in found]
        _refuse_known(studio, production.name, grants)
        studio.record_all(grants)
    if as_json:
        say_json([to_json(grant) for grant in grants])
    else:
        say(f"{file.name}: {len(grants)} grant(s) recorded: {', '.join(grant.name for grant in grants)}")


def hand(
    to: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    form: Annotated[str, typer.Option("--as", help="odrl, sheet, omc or croissant.")],
    name: Annotated[str, typer.Option(help="The licence for odrl; the dataset for croissant.")] = "",
    identifier: Annotated[list[str] | None, typer.Option(help="SCOPE=VALUE, as in eidr.org=10.5240/….")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Write a licence, all grants, a dataset or the show for other people's software."""
    if form not in FORMS:
        raise NotFound("form", form, FORMS)
    with open_desk(show) as (studio, production):
        others = dict(_pair(text) for text in identifier or ())
        content = FORMS[form](studio, Wanted(production.name, name, others))
    with whole_file(to) as draft:
        draft.write_bytes(content)
    if as_json:
        say_json({"file": to, "form": form, "bytes": len(content)})
    else:
        say(f"{to}: {len(content)} bytes as {form}")


def _odrl(studio: Studio, wanted: Wanted) -> bytes:
    show = wanted.show
    licence, grants = studio.ledger.find(Licence, show, wanted.name), studio.grants(show)
    digest = digest_of(licence)
    done = {duty: on for (instrument, duty), on in grants.discharged_on.items() if instrument == digest}
    return _json(to_odrl(licence, grants.withdrawn_on.get(digest), done))


def _sheet(studio: Studio, wanted: Wanted) -> bytes:
    show = wanted.show
    return write_sheet([*studio.ledger.every(Licence, show), *studio.ledger.every(Consent, show)])


def _omc(studio: Studio, wanted: Wanted) -> bytes:
    show = wanted.show
    assets = {asset.name: asset for asset in studio.ledger.every(Asset, show)}  # the newest stands
    parties = {party.name: party for party in studio.ledger.every(Party, show)}
    titles = studio.ledger.every(Title, show)
    entities = to_omc(
        studio.production(show),
        list(assets.values()),
        list(parties.values()),
        titles=titles,
        identifiers={show: wanted.identifiers} if wanted.identifiers else None,
    )
    return _json(entities)


def _croissant(studio: Studio, wanted: Wanted) -> bytes:
    show = wanted.show
    dataset = studio.ledger.find(Dataset, show, wanted.name)
    assets = {item.asset: studio.ledger.find(Asset, show, item.asset) for item in dataset.items}
    return _json(to_croissant(studio.production(show), dataset, assets, grants=studio.grants(show)))


FORMS: Mapping[str, Callable[[Studio, Wanted], bytes]] = {
    "odrl": _odrl,
    "sheet": _sheet,
    "omc": _omc,
    "croissant": _croissant,
}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _read(file: Path) -> bytes:
    if not file.is_file():
        raise NotFound("file", str(file))
    if file.stat().st_size > LARGEST:
        raise BadMaterial(f"{file} is larger than {LARGEST >> 20} MiB, which no such file is")
    return file.read_bytes()


def _pair(text: str) -> tuple[str, str]:
    """Read `URI=NAME`; an address may hold `=` itself, a name does not."""
    left, equals, right = text.rpartition("=")
    if not (left and equals and right):
        raise BadMaterial(f"{text!r} is no pair", remedy="Write it as eidr.org=10.5240/….")
    return left, right


def _with_paper(licence: Licence, papers: Mapping[str, AssetFile]) -> Licence:
    """Attach the document that an agreement names by digest, if it was brought along."""
    if licence.paper is None:
        return licence if not papers else replace(licence, paper=next(iter(papers.values())))
    brought = [paper for paper in papers.values() if paper.digest == licence.paper.digest]
    if not brought:
        what = f"{licence.name} names a document with digest {licence.paper.digest}, and it was not brought along"
        raise BadMaterial(what, remedy="Give that very file with --paper.")
    return replace(licence, paper=brought[0])


def _refuse_known(studio: Studio, show: str, grants: list[Licence | Consent]) -> None:
    there = {(kind, one.name) for kind in (Licence, Consent) for one in studio.ledger.every(kind, show)}
    taken = [f"{type(one).__name__.lower()} {one.name}" for one in grants if (type(one), one.name) in there]
    if taken:
        raise AlreadyThere(f"{len(taken)} of these are on record already", taken, "Give them other names.")


COMMANDS = (bring, hand)
