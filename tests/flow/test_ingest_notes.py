import numpy as np
import OpenImageIO as oiio

from rushes.domain.nouns import Show
from rushes.flow.ingest import Arrival, ingest_asset
from rushes.settings import read_settings
from rushes.studio import open_studio

CONFIG, VIEW = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", ("Rec.1886 Rec.709 - Display", "Un-tone-mapped")
SHOW = Show("nf", "nf", "Nightfall", "Nightfall Ltd", "GB", CONFIG, "ACEScg", *VIEW, "24")


def test_footage_of_two_eyes_comes_in_with_a_note_on_which_of_them_will_be_worked_on(tmp_path):
    specs = []
    for eye in ("left", "right"):
        spec = oiio.ImageSpec(4, 3, 3, "half")
        spec.attribute("oiio:subimagename", eye)
        specs.append(spec)
    path = tmp_path / "two_eyes.exr"
    out = oiio.ImageOutput.create(str(path))
    assert out.open(str(path), tuple(specs))
    assert out.write_image(np.full((3, 4, 3), 0.5, np.float32))
    assert out.open(str(path), specs[1], "AppendSubimage")
    assert out.write_image(np.full((3, 4, 3), 0.25, np.float32))
    out.close()
    with open_studio(read_settings({"RUSHES_HOME": str(tmp_path / "studio"), "RUSHES_PERSON": "tester"})) as studio:
        studio.record(SHOW)
        arrived = ingest_asset(studio, Arrival("nf", "eyes", "still", str(path), "ACEScg", "Demo", ()))
    assert arrived.notes == ("only the part left is worked on; kept as they are, though colour too: right",)
