"""What a grant names and the show does not have: recorded all the same, for papers come before footage, but said."""

from collections.abc import Iterable
from difflib import get_close_matches

from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset
from rushes.domain.question import EVERYTHING
from rushes.studio import Studio


def doubts(studio: Studio, grant: Licence | Consent) -> list[str]:
    """Return a line for everything that a licence or consent names and that nothing of its show answers to."""
    assets = {asset.name: asset for asset in studio.ledger.every(Asset, grant.show)}  # the newest stands
    if isinstance(grant, Consent):
        seen = {person for asset in assets.values() for person in asset.people or ()}
        return _unless_known(grant.person, seen, "nobody called {} is named in anything of this show")
    owners = {asset.owner for asset in assets.values() if asset.owner}
    lines = _unless_known(grant.owner, owners, "nothing of this show is owned by {}")
    for name in grant.assets:
        lines += _unless_known(name, (EVERYTHING, *assets), "nothing of this show is called {}")
    return lines


def _unless_known(name: str, known: Iterable[str], words: str) -> list[str]:
    names = list(known)
    if name in names:
        return []
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    return [words.format(name) + (f"; did you mean {near[0]}?" if near else "")]
