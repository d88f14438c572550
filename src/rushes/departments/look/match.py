"""Shot match: bring the rest of a scene to its hero shot, one trim a shot, and leave alone what cannot be matched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rushes.departments.look.arithmetic import LUMA, apply_cdl
from rushes.departments.look.correspond import FEWEST_VOTES, Correspondence, correspond
from rushes.departments.look.difference import ToXyz
from rushes.departments.look.likeness import likeness
from rushes.departments.look.look import Cdl, Floats
from rushes.departments.look.sighting import Doubles, Sighting, mirrored, reduced, sight
from rushes.departments.look.trim import UNMOVED, Patches, apart, cdl_from_moves, fit_moves, patches_of

WATCHED = 3
"""Frames of a shot that are looked at, spread over it."""

FEWEST_PATCHES = 100
MOST_PATCHES = 1200
"""More say nothing new: they come from the same few frames."""

CONVINCING = 0.3
"""Share of the difference left in parts of the picture that the trim was not fitted on; up to it all is used."""

DOUBTFUL = 0.45
"""Share left from which the shot is left alone: light has changed, or the things seen twice are not the same things."""

WORTH_IT = 1.0
"""ΔE that a trim must be foretold to take away; for less, nobody touches a shot."""

ALIKE = 2.5
SAME_COLOURS = 0.42
SURE_DRIFT = (5.0, 9.0)
"""Without content in common: how far apart colours may stay, absolutely and as a share of what they were, and how far
apart they must and may have been, to be two views of one place. Half of what separates them is then taken away."""

RATHER_HALF = 0.5


@dataclass(frozen=True)
class Match:
    """One shot's trim towards the hero, and how far to believe it.

    Attributes:
        existing: the trim that the shot had; stays as it is and comes first.
        trim: comes after it. A neutral one where the shot is left alone.
        how: `correspondence`, `distribution` or `left alone`.
        samples: patches of content found in both shots.
        before: ΔE2000, about, between them as they are.
        after: the same once trimmed, foretold from parts of the picture that the trim was not fitted on.
        strength: share of the trim that is used, 0 to 1.
        reason: for a person.
    """

    existing: Cdl
    trim: Cdl
    how: str
    samples: int
    before: float
    after: float
    strength: float
    reason: str
    moves: tuple[float, ...] = tuple(UNMOVED)

    @property
    def kept_alone(self) -> bool:
        """The shot stays as it is."""
        return self.how == "left alone"

    @property
    def confidence(self) -> float:
        """0 to 1: the share of the difference that the trim is foretold to take away."""
        return 0.0 if self.kept_alone else max(0.0, 1.0 - self.after / max(self.before, 1e-6))

    @property
    def steps(self) -> tuple[Cdl, Cdl]:
        """What is applied to the shot's pixels, in order."""
        return self.existing, self.trim


def match_scene(
    shots: Sequence[Sequence[Floats]], hero: Sequence[Floats], to_xyz: ToXyz, *, existing: Sequence[Cdl] = ()
) -> list[Match]:
    """Match every shot of a scene to its hero shot.

    Args:
        shots: of each shot its frames, as for `match_shot`.
        hero: frames of the hero shot as they should look.
        existing: of each shot the trim it has; none has one by default.
    """
    seen = [sight(frame) for frame in spread_over(hero)]
    trims = existing or [Cdl()] * len(shots)
    return [_match(spread_over(shot), seen, to_xyz, existing=trim) for shot, trim in zip(shots, trims, strict=True)]


def match_shot(shot: Sequence[Floats], hero: Sequence[Floats], to_xyz: ToXyz, *, existing: Cdl | None = None) -> Match:
    """Find one trim for a whole shot: no frame of it moves against another.

    Content that both shots show is looked for, also flopped; where there is enough, the trim is fitted on it and tried
    on parts of the picture that it was not fitted on. Where there is none, only what the colours of two views of one
    place have in common is used, by half. What does not hold up is not used.

    Args:
        shot: frames, (height, width, 3) float32 in a log encoding, before its existing trim. Three are read, spread
            over the shot, so a lazy sequence will do.
        hero: frames of the hero shot as they should look, in the same encoding.
        to_xyz: from that encoding, see `xyz_from`.
        existing: the shot's own trim; kept.
    """
    return match_scene([shot], hero, to_xyz, existing=[existing or Cdl()])[0]


def spread_over(frames: Sequence[Floats]) -> list[Floats]:
    """Return the frames of a shot that are looked at: a sixth, a half and five sixths of the way through it."""
    parts = (np.arange(WATCHED) + 0.5) / WATCHED
    return [frames[i] for i in sorted({int(part * len(frames)) for part in parts})]


def apply_match(match: Match, pixels: Floats) -> Floats:
    """Apply a shot's existing trim, then the match; (..., 3) float32 code values."""
    for step in match.steps:
        pixels = apply_cdl(step, pixels)
    return pixels


def _match(frames: list[Floats], hero: list[Sighting], to_xyz: ToXyz, *, existing: Cdl) -> Match:
    trimmed = [apply_cdl(existing, reduced(frame)) for frame in frames]
    found, flopped = correspond([sight(frame) for frame in trimmed], hero), False
    if not len(found):
        found, flopped = correspond([sight(mirrored(frame)) for frame in trimmed], hero), True
    if len(found) >= FEWEST_PATCHES and found.votes >= FEWEST_VOTES:
        match = _by_correspondence(found, to_xyz, flopped)
    else:
        match = _by_distribution(trimmed, hero)
    return replace(match, existing=existing)


def _by_correspondence(found: Correspondence, to_xyz: ToXyz, flopped: bool) -> Match:
    kept = np.unique(np.linspace(0, len(found) - 1, MOST_PATCHES).astype(int))
    patches = patches_of(found.before[kept], found.after[kept], to_xyz, spread=found.spread[kept])
    moves = fit_moves(patches)
    before, after = held_out_difference(patches, found.place[kept], moves)
    share = after / before if before else 1.0
    told = f"{len(found)} patches{' (flopped)' if flopped else ''}"
    if share > DOUBTFUL or before - after < WORTH_IT:
        words = "a trim would take the parts it was not fitted on only to"
        return _alone(f"{told} are {before:.1f} ΔE apart and {words} {after:.1f}", len(found), before)
    strength = float(np.clip(1 - (share - CONVINCING) / (2 * CONVINCING), 0, 1))
    left = before - strength * (before - after)
    reason = f"{told} agree: {before:.1f} ΔE apart, {left:.1f} once trimmed"
    return _trimmed(
        "correspondence", strength * moves, (before, left), samples=len(found), strength=strength, reason=reason
    )


def held_out_difference(patches: Patches, place: Doubles, moves: Doubles) -> tuple[float, float]:
    """Return the mean ΔE of parts of the picture as they are, and under a trim fitted on all the other parts.

    Of each part, by place and tone, the median difference counts: scatter is the patches' fault, a difference that a
    whole part shares is the trim's.

    Args:
        place: (n, 2) column and row of each patch, 0 to 1.
        moves: fitted on all parts; where each fit starts.
    """
    part = (np.minimum((place * 3).astype(int), 2) * (3, 1)).sum(axis=1)
    luma = patches.before @ LUMA
    tone = np.searchsorted(np.quantile(luma, (1 / 3, 2 / 3)), luma)
    differences = []
    for here in (part == number for number in np.unique(part)):
        if here.sum() < 15 or (~here).sum() < 30:
            continue
        elsewhere = fit_moves(patches.only(~here), start=moves, rounds=3)
        as_is, trimmed = apart(patches, UNMOVED), apart(patches, elsewhere)
        for group in (here & (tone == third) for third in range(3)):
            if group.sum() >= 6:
                lengths = [float(np.linalg.norm(np.median(miss[group], axis=0))) for miss in (as_is, trimmed)]
                differences.append((*lengths, float(np.sqrt(group.sum()))))
    if not differences:
        return 0.0, 0.0
    table = np.array(differences)
    before, after = np.average(table[:, :2], axis=0, weights=table[:, 2])
    return float(before), float(after)


def _by_distribution(frames: list[Floats], hero: list[Sighting]) -> Match:
    found = likeness(
        np.concatenate([frame.reshape(-1, 3) for frame in frames]),
        np.concatenate([seen.pixels.reshape(-1, 3) for seen in hero]),
    )
    told = f"no content in common; colours {found.before:.1f} apart"
    sure = SURE_DRIFT[0] <= found.before <= SURE_DRIFT[1]
    if not sure or found.after > min(ALIKE, SAME_COLOURS * found.before):
        return _alone(f"{told}, {found.after:.1f} of it whatever the trim: match it by eye", 0, found.before)
    left = found.before - RATHER_HALF * (found.before - found.after)
    reason = f"{told}, alike once trimmed; half of that trim is used: look at it"
    moves = RATHER_HALF * found.moves
    return _trimmed("distribution", moves, (found.before, left), samples=0, strength=RATHER_HALF, reason=reason)


def _trimmed(
    how: str, moves: Doubles, distances: tuple[float, float], *, samples: int, strength: float, reason: str
) -> Match:
    numbers = tuple(float(move) for move in moves)
    return Match(Cdl(), cdl_from_moves(moves), how, samples, *distances, strength, reason, numbers)


def _alone(reason: str, samples: int, before: float) -> Match:
    return Match(Cdl(), Cdl(), "left alone", samples, before, before, 0.0, reason)
