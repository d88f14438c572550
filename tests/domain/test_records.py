from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import NOUNS, Model, Review, Take
from rushes.domain.parts import AssetFile, Measure, Scope
from rushes.domain.records import canonical_json, digest_of, from_json, to_json

LICENCE = Licence("nf", "lic1", "Nightfall Ltd", ("*",), ("cawg.ai_training",), ("*",), ("GB",), None, date(2027, 1, 1))
digests = st.binary(min_size=32, max_size=32).map(lambda raw: f"sha256:{raw.hex()}")
files = st.builds(AssetFile, name=st.text(max_size=9), digest=digests, bytes=st.integers(0, 2**40))
numbers = st.floats(allow_nan=False, allow_infinity=False)
measures = st.builds(
    Measure, name=st.text(), value=numbers, threshold=st.none() | numbers, passed=st.none() | st.booleans()
)
takes = st.builds(Take, files=st.lists(files).map(tuple), measures=st.lists(measures).map(tuple), plate=digests)
scopes = st.builds(Scope, ends=st.none() | st.dates())
models = st.builds(Model, scope=scopes, weights=files, reports=st.just(()), measures=st.just(()))
reviews = st.builds(Review, at=st.datetimes(timezones=st.just(UTC)))
consents = st.builds(Consent, paper=st.none() | files)


@given(takes | models | reviews | consents)
def test_a_noun_that_was_written_reads_back_as_itself(noun):
    assert from_json(to_json(noun)) == noun
    assert digest_of(from_json(to_json(noun))) == digest_of(noun)


def test_the_digest_of_a_licence_is_a_known_value():
    # sha256sum of the canonical JSON, worked out by hand with printf and sha256sum
    text = (
        '{"actions":["cawg.ai_training"],"assets":["*"],"ends":"2027-01-01","name":"lic1","noun":"Licence@1",'
        '"owner":"Nightfall Ltd","paper":null,"show":"nf","starts":null,"territories":["GB"],"uses":["*"]}'
    )
    assert canonical_json(to_json(LICENCE)) == text
    assert digest_of(LICENCE) == "sha256:fe3254a65c71e6fa087e1879a19ed8a5be2bd04047fec326eb9b404da1028a69"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"noun": "Licence@9"},
        {"owner": 7},
        {"owner": None},
        {"assets": "*"},
        {"ends": "soon"},
        {"extra": 1},
    ],
)
def test_a_record_of_another_shape_is_refused(spoilt):
    with pytest.raises((BadMaterial, ValueError)):
        from_json({**to_json(LICENCE), **spoilt})


def test_a_record_with_a_field_missing_is_refused_by_its_name():
    record = to_json(LICENCE)
    del record["territories"]
    with pytest.raises(BadMaterial, match="territories"):
        from_json(record)


def test_nan_has_no_canonical_form():
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


def test_every_noun_says_its_kind_and_version():
    assert all(name == f"{kind.__name__}@1" for name, kind in NOUNS.items())


def test_a_review_keeps_its_time_zone():
    review = Review("nf", "r", "sha256:0", "ana", "approved", "", datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert from_json(to_json(review)).at.utcoffset().total_seconds() == 0


def test_a_field_that_came_later_changes_no_older_fact():
    # the bytes of a take as the first ledgers hold it
    older = {
        "colour_space": "ACEScg", "department": "look", "files": [], "frames": [1, 2], "measures": [],
        "model": "sha256:0", "name": "a_v001", "noun": "Take@1", "number": 1, "plate": "sha256:1",
        "settings": "{}", "show": "nf",
    }  # fmt: skip
    take = from_json(older)
    assert (take.further, take.reports) == ((), ())
    assert canonical_json(to_json(take)) == canonical_json(older)
    assert from_json({**older, "further": [{"role": "guide", "what": "sha256:2"}]}).further[0].role == "guide"
