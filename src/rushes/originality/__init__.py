"""Whether a picture copies another: of a training, or of a protected work. It knows pictures, no show and no ledger."""

from importlib.util import find_spec

from rushes.domain.errors import MissingExtra

for _needed in ("cv2", "pdqhash"):
    if find_spec(_needed) is None:
        raise MissingExtra("originality", _needed)
