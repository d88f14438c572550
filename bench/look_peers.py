"""The peers that learn a look from pairs, each as its authors' documentation uses it: pairs in, a function out."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Pairs = Sequence[tuple[Floats, Floats]]
Grade = Callable[[Floats], Floats]
Peer = Callable[[Pairs], Grade]


def colour_science(method: str, **settings: float) -> Peer:
    """Polynomial colour correction of `colour-science`: Cheung 2004, Finlayson 2015 or Vandermonde."""
    from colour.characterisation import apply_matrix_colour_correction, matrix_colour_correction

    def fit(pairs: Pairs) -> Grade:
        before, after = _thinned(pairs, 100_000)
        matrix = matrix_colour_correction(before, after, method=method, **settings)
        return lambda frame: np.asarray(
            apply_matrix_colour_correction(frame, matrix, method=method, **settings), np.float32
        )

    return fit


def camera_match(size: int) -> Peer:
    """`camera-match`'s LUT3D, non-uniform lattice regression."""
    from camera_match import LUT3D

    def fit(pairs: Pairs) -> Grade:
        before, after = _thinned(pairs, 100_000)
        node = LUT3D(size=size)
        node.solve(before, after)
        return lambda frame: np.asarray(node(frame.reshape(-1, 3)), np.float32).reshape(frame.shape)

    return fit


def camera_match_node(name: str) -> Peer:
    """One of `camera-match`'s other nodes, by name, with its own settings."""
    import camera_match as package

    def fit(pairs: Pairs) -> Grade:
        before, after = _thinned(pairs, 3_000 if name == "RBF" else 20_000)
        node = getattr(package, name)()
        node.solve(before, after)
        return lambda frame: np.asarray(node(frame.reshape(-1, 3)), np.float32).reshape(frame.shape)

    return fit


def lut_estimator(size: int) -> Peer:
    """`lut-estimator`, which takes one pair of 8-bit pictures: the pairs are put side by side as one."""
    from lut_estimator import apply_lut_trilinear, estimate_lut

    def fit(pairs: Pairs) -> Grade:
        sheets = [_sheet([pair[side] for pair in pairs]) for side in (0, 1)]
        cube = estimate_lut(_bytes(sheets[0]), _bytes(sheets[1]), lut_size=size, seed=0)
        return lambda frame: np.asarray(apply_lut_trilinear(_bytes(frame), cube), np.float32) / 255

    return fit


def color_matcher(method: str) -> Peer:
    """One method of `color-matcher`, which carries the colours of one reference over: of the graded sheet."""
    from color_matcher import ColorMatcher

    def fit(pairs: Pairs) -> Grade:
        sheet = _sheet([after for _, after in pairs])[::2, ::2]

        def grade(frame: Floats) -> Floats:
            matched = ColorMatcher(src=frame.astype(np.float64), ref=sheet.astype(np.float64), method=method).main()
            return np.asarray(matched, np.float32)

        return grade

    return fit


def reinhard(pairs: Pairs) -> Grade:
    """Reinhard 2001: mean and deviation per channel of Lab, from all ungraded to all graded pixels."""
    from skimage.color import lab2rgb, rgb2lab

    before, after = (rgb2lab(side.clip(0, 1)) for side in _thinned(pairs, 100_000))
    scale = after.std(axis=0) / before.std(axis=0)
    return lambda frame: np.asarray(
        lab2rgb((rgb2lab(frame.clip(0, 1)) - before.mean(axis=0)) * scale + after.mean(axis=0)), np.float32
    )


def peers(*, quick: bool) -> dict[str, Peer]:
    """Return every peer by the name it has in the table."""
    found = {
        "colour-science Cheung 2004, 20 terms": colour_science("Cheung 2004", terms=20),
        "colour-science Cheung 2004, 35 terms": colour_science("Cheung 2004", terms=35),
        "colour-science Finlayson 2015, degree 4": colour_science("Finlayson 2015", degree=4),
        "colour-science Vandermonde 4": colour_science("Vandermonde", degree=4),
        "camera-match LUT3D 17": camera_match(17),
        "lut-estimator 33": lut_estimator(33),
        "Reinhard": reinhard,
    }
    methods = ("default", "hm", "reinhard", "mvgd", "mkl", "hm-mvgd-hm", "hm-mkl-hm")
    found |= {f"color-matcher {method}": color_matcher(method) for method in methods}
    if not quick:
        found |= {f"camera-match {name}": camera_match_node(name) for name in ("RBF", "TetrahedralMatrix")}
    return found


def _thinned(pairs: Pairs, most: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    before, after = (
        np.concatenate([pair[side].reshape(-1, 3) for pair in pairs]).astype(np.float64) for side in (0, 1)
    )
    kept = np.random.default_rng(0).permutation(len(before))[:most]
    return before[kept], after[kept]


def _sheet(frames: Sequence[Floats]) -> Floats:
    width = min(frame.shape[1] for frame in frames)
    return np.concatenate([frame[:, :width] for frame in frames])


def _bytes(frame: Floats) -> npt.NDArray[np.uint8]:
    return np.round(frame.clip(0, 1) * 255).astype(np.uint8)
