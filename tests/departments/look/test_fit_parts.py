import numpy as np
import PyOpenColorIO as ocio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rushes.departments.look.align import align, moved_onto
from rushes.departments.look.arithmetic import read_lattice
from rushes.departments.look.curves import LEAST_SLOPE, MOST_SLOPE, fit_curves
from rushes.departments.look.difference import delta_e_2000, delta_e_itp
from rushes.departments.look.lattice import conjugate_gradients, fit_correction
from rushes.departments.look.prior import grade_modes, synthetic_grades, terms

D65 = np.array([0.95047, 1.0, 1.08883])

SHARMA = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
)
"""Pairs 1, 17, 25 and 34 of the test data to Sharma, Wu and Dalal 2005."""


def xyz_of(lab):
    lightness, a, b = lab
    f = np.array([0, 1, 0]) * 0 + (lightness + 16) / 116 + np.array([a / 500, 0, -b / 200])
    return D65 * np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))


@pytest.mark.parametrize(("one", "other", "published"), SHARMA)
def test_delta_e_2000_gives_the_published_differences(one, other, published):
    assert delta_e_2000(xyz_of(one), xyz_of(other)) == pytest.approx(published, abs=2e-3)


def test_delta_e_itp_of_greys_is_720_times_their_distance_on_the_pq_curve():
    # PQ of 100 cd/m² is 0.5081 and of 203 cd/m² 0.5807 (ITU-R BT.2408, table 1: 51 % and 58 %)
    assert delta_e_itp(D65, 2.03 * D65) == pytest.approx(720 * (0.5807 - 0.5081), abs=0.2)


def test_a_lattice_is_read_as_opencolorio_reads_it():
    random = np.random.default_rng(0)
    lattice = random.normal(size=(7, 7, 7, 3)).astype(np.float32)
    colours = random.uniform(-0.2, 1.2, (2000, 3)).astype(np.float32)
    lut = ocio.Lut3DTransform(7)
    lut.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    lut.setData(lattice.ravel())
    packed = colours.copy().reshape(1, -1, 3)
    ocio.Config.CreateRaw().getProcessor(lut).getDefaultCPUProcessor().apply(ocio.PackedImageDesc(packed, 2000, 1, 3))
    np.testing.assert_allclose(read_lattice(lattice, (0.0, 1.0), colours), packed[0], atol=1e-5)


def test_a_correction_reaches_what_is_missing_and_dies_away():
    colours = np.random.default_rng(0).uniform(0.2, 0.4, (4000, 3))
    missing = np.column_stack([0.1 * colours[:, 0], 0.05 * colours[:, 1] ** 2, np.full(4000, 0.02)])
    lattice = fit_correction(colours, missing, np.ones(4000), domain=(0.0, 1.0), points=33)
    read = read_lattice(lattice, (0.0, 1.0), colours.astype(np.float32))
    np.testing.assert_allclose(read, missing, atol=1.5e-3)
    assert not lattice[20:].any()


def test_conjugate_gradients_solve():
    from scipy import sparse

    normal = sparse.diags([[-1.0] * 39, np.linspace(2.5, 4, 40), [-1.0] * 39], [-1, 0, 1]).tocsr()
    wanted = np.random.default_rng(0).normal(size=(40, 3))
    np.testing.assert_allclose(conjugate_gradients(normal, normal @ wanted, tolerance=1e-8), wanted, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(hnp.arrays(np.float64, (60, 3), elements=st.floats(0, 1)))
def test_whatever_the_evidence_curves_rise_within_their_limits(after):
    before = np.linspace(0, 1, 60)[:, None].repeat(3, axis=1)
    curves = fit_curves(before, after, np.ones((60, 3)), domain=(0.0, 1.0), points=33)
    slopes = np.diff(curves.astype(np.float64), axis=1) * 32
    assert slopes.min() > LEAST_SLOPE - 1e-3
    assert slopes.max() < MOST_SLOPE + 1e-3


def test_grades_in_general_are_drawn_the_same_every_time():
    colours = np.random.default_rng(0).uniform(0, 1, (50, 3)).astype(np.float32)
    assert np.array_equal(synthetic_grades(colours, 3), synthetic_grades(colours, 3))
    assert not np.array_equal(synthetic_grades(colours, 3), synthetic_grades(colours, 4))


def test_grades_in_general_change_colours_as_much_as_grades_do():
    colours = np.random.default_rng(0).uniform(0, 1, (200, 3))
    modes = grade_modes().reshape(len(grade_modes()), -1, 3)
    usual = np.sqrt(np.square(np.einsum("nt,mtc->mnc", terms(colours), modes)).sum(axis=0))
    assert 0.05 < usual.mean() < 0.5


def test_a_picture_lies_on_itself_whatever_its_grade():
    random = np.random.default_rng(2).uniform(0, 1, (12, 16, 3))
    before = np.kron(random, np.ones((10, 10, 1))).astype(np.float32)
    found = align(before, (1.0 - 0.6 * before**2).astype(np.float32))
    assert found.agreement > 0.95
    assert not found.moved
    assert moved_onto(before, found)[1].all()
