"""A match that follows a shot whose exposure or light drifts while it runs. Only on request: else one trim a shot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rushes.departments.look.arithmetic import apply_cdl
from rushes.departments.look.correspond import FEWEST_VOTES, correspond
from rushes.departments.look.difference import ToXyz
from rushes.departments.look.look import Cdl, Floats
from rushes.departments.look.match import FEWEST_PATCHES, Match, spread_over
from rushes.departments.look.sighting import Sighting, reduced, sight
from rushes.departments.look.trim import cdl_from_moves, fit_moves, patches_of


@dataclass(frozen=True)
class Keyframe:
    """The trim at one frame.

    Attributes:
        frame: index into the shot's frames.
        moves: see `cdl_from_moves`; between two keyframes they run in a straight line.
    """

    frame: int
    moves: tuple[float, ...]


def match_keyframes(
    shot: Sequence[Floats], hero: Sequence[Floats], to_xyz: ToXyz, *, match: Match, at: Sequence[int]
) -> list[Keyframe]:
    """Let a shot's match follow the shot, at the frames asked for.

    Each keyframe is drawn towards the trim of the whole shot; where its frame shows too little of the hero's content
    it is that trim.

    Args:
        shot: frames, as for `match_shot`.
        hero: frames of the hero shot as they should look.
        match: of the whole shot. Left alone, it stays so at every keyframe.
        at: indices of the frames that get a keyframe.
    """
    seen = [sight(frame) for frame in spread_over(hero)]
    return [Keyframe(frame, _moves(shot[frame], seen, to_xyz, match=match)) for frame in sorted(set(at))]


def trim_at(keyframes: Sequence[Keyframe], frame: int) -> Cdl:
    """Return the trim at a frame; before the first and after the last keyframe it is held."""
    places = [keyframe.frame for keyframe in keyframes]
    table = np.array([keyframe.moves for keyframe in keyframes])
    return cdl_from_moves(np.array([np.interp(frame, places, column) for column in table.T]))


def _moves(frame: Floats, hero: Sequence[Sighting], to_xyz: ToXyz, *, match: Match) -> tuple[float, ...]:
    if match.how != "correspondence":
        return match.moves
    found = correspond([sight(apply_cdl(match.existing, reduced(frame)))], hero)
    if len(found) < FEWEST_PATCHES or found.votes < FEWEST_VOTES:
        return match.moves
    patches = patches_of(found.before, found.after, to_xyz, spread=found.spread)
    moves = fit_moves(patches, np.array(match.moves), start=np.array(match.moves))
    return tuple(float(move) for move in moves)
