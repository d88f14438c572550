"""What the lens covers: filmbacks, squeeze, the crop to a delivery's aspect, and kits of primes.

An anamorphic lens is named by the focal length it has upright; sideways it sees as a lens shorter by the squeeze.
Digital areas are photosites times pitch as their makers print them; film apertures are SMPTE ST 59, ST 201 and ST 215.
"""

from dataclasses import dataclass
from math import atan, degrees, inf, isfinite, log, radians, tan

from rushes.domain.errors import BadMaterial, NotFound


@dataclass(frozen=True)
class Filmback:
    """A recorded area, millimetres."""

    name: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class Prime:
    """One lens: its focal length, and how near it focuses (metres from the image plane)."""

    focal_mm: float
    nearest_m: float = 0.0


@dataclass(frozen=True)
class Package:
    """A camera package: what area is exposed, how it is squeezed, and which aspect is delivered.

    Attributes:
        filmback: the exposed area.
        squeeze: 1 for spherical lenses, 2, 1.8, 1.5 or 1.3 for anamorphic ones.
        aspect: width by height of the delivered picture.
        kit: the primes on the truck, shortest first.
    """

    filmback: Filmback
    squeeze: float = 1.0
    aspect: float = 1.78
    kit: tuple[Prime, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a package that exposes nothing."""
        sizes = {
            "width": self.filmback.width_mm,
            "height": self.filmback.height_mm,
            "squeeze": self.squeeze,
            "aspect": self.aspect,
            **{f"lens {number}": prime.focal_mm for number, prime in enumerate(self.kit, 1)},
        }
        faults = [f"{name} of {size:g}" for name, size in sizes.items() if not (isfinite(size) and size > 0)]
        if faults:
            raise BadMaterial("this camera package exposes no picture", faults, "Every one must be above zero.")


FILMBACKS = {
    back.name: back
    for back in (
        Filmback("super-16", 12.52, 7.41),
        Filmback("academy-35", 21.95, 16.00),
        Filmback("scope-35", 21.95, 18.59),
        Filmback("super-35", 24.89, 18.66),
        Filmback("super-35-3perf", 24.89, 13.87),
        Filmback("alexa-4x3", 2880 * 0.00825, 2160 * 0.00825),
        Filmback("alexa-35", 4608 * 0.006075, 3164 * 0.006075),
        Filmback("alexa-lf", 4448 * 0.00825, 3096 * 0.00825),
        Filmback("full-frame", 36.0, 24.0),
        Filmback("vistavision", 37.72, 24.92),
        Filmback("65-5perf", 52.48, 23.01),
    )
}
PRIMES = tuple(Prime(focal) for focal in (14.0, 18.0, 21.0, 25.0, 32.0, 40.0, 50.0, 65.0, 75.0, 100.0, 135.0))
ANAMORPHICS = tuple(Prime(focal) for focal in (28.0, 35.0, 40.0, 50.0, 60.0, 75.0, 100.0, 135.0, 180.0))


def find_filmback(name: str) -> Filmback:
    """Return a filmback by name; the nearest name is offered when there is none."""
    if name not in FILMBACKS:
        raise NotFound("filmback", name, FILMBACKS)
    return FILMBACKS[name]


def crop(package: Package) -> tuple[float, float]:
    """Return the part of the filmback that is delivered, width and height in millimetres on the film.

    >>> [round(side, 2) for side in crop(Package(FILMBACKS["super-35"], aspect=2.39))]
    [24.89, 10.41]
    >>> [round(side, 2) for side in crop(Package(FILMBACKS["scope-35"], squeeze=2.0, aspect=2.39))]
    [21.95, 18.37]
    """
    width, height = package.filmback.width_mm, package.filmback.height_mm
    if package.aspect * height >= width * package.squeeze:
        return width, width * package.squeeze / package.aspect
    return height * package.aspect / package.squeeze, height


def half_field(package: Package, focal_mm: float) -> tuple[float, float]:
    """Return the tangents of half the field of view, sideways and upright."""
    if not (isfinite(focal_mm) and focal_mm > 0):
        raise BadMaterial(f"no lens has a focal length of {focal_mm} mm")
    width, height = crop(package)
    return width * package.squeeze / (2 * focal_mm), height / (2 * focal_mm)


def field_of_view(package: Package, focal_mm: float) -> tuple[float, float]:
    """Return the field of view of the delivered picture, degrees sideways and upright.

    >>> [round(angle, 1) for angle in field_of_view(Package(FILMBACKS["full-frame"], aspect=1.5), 50.0)]
    [39.6, 27.0]
    """
    across, upright = half_field(package, focal_mm)
    return 2 * degrees(atan(across)), 2 * degrees(atan(upright))


def focal_for(package: Package, upright_deg: float) -> float:
    """Return the focal length in millimetres whose picture is so many degrees high.

    >>> round(focal_for(Package(FILMBACKS["full-frame"], aspect=1.5), 26.9915), 3)
    50.0
    """
    if not 0 < upright_deg < 180:
        raise BadMaterial(f"no lens sees {upright_deg}° upright", remedy="Ask for more than 0° and less than 180°.")
    return crop(package)[1] / (2 * tan(radians(upright_deg) / 2))


def nearest_prime(kit: tuple[Prime, ...], focal_mm: float) -> Prime:
    """Return the prime nearest in ratio: what counts is how much bigger or smaller things look.

    >>> nearest_prime(PRIMES, 45.0).focal_mm
    50.0
    """
    if not kit:
        return Prime(focal_mm)
    return min(kit, key=lambda prime: (abs(log(prime.focal_mm / focal_mm)), prime.focal_mm))


def lens_in(package: Package, focal_mm: float) -> Prime:
    """Return that very lens of the kit, or one without a focus limit where the kit has none such."""
    return next((prime for prime in package.kit if prime.focal_mm == focal_mm), Prime(focal_mm))


@dataclass(frozen=True)
class Limits:
    """Where the rig and the set let the camera be, metres: height above the stage's zero, distance to the eyes."""

    lowest_m: float = 0.1
    highest_m: float = inf
    nearest_m: float = 0.0
    farthest_m: float = inf

    def __post_init__(self) -> None:
        """Refuse limits that leave no room."""
        faults = []
        if not self.lowest_m <= self.highest_m:
            faults.append(f"lowest {self.lowest_m} m is above highest {self.highest_m} m")
        if not 0 <= self.nearest_m <= self.farthest_m:
            faults.append(f"nearest {self.nearest_m} m is beyond farthest {self.farthest_m} m")
        if faults:
            raise BadMaterial("these limits leave no room for a camera", faults)
