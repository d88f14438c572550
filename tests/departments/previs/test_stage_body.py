from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.shots.figures import Figure, landmark
from rushes.departments.previs.stage.body import BUILDS, PARENTS, body_of
from rushes.departments.previs.stage.mannequin import mannequin
from rushes.departments.previs.stage.pose import blend
from rushes.departments.previs.stage.poses import POSES, find_pose
from rushes.departments.previs.stage.posing import places
from rushes.domain.errors import NotFound

ON_THE_FLOOR = ("lie", "prone")


@lru_cache(maxsize=64)
def body_pieces(name, height, build):
    return mannequin(Figure(name, height), build=build)


def placed(figure, pose, build="average"):
    """Return every piece's points on the stage, by the part's name."""
    at = places(figure, pose, build=build)
    return {
        piece.name.removeprefix(f"{figure.name} "): piece.vertices.astype(float) @ at[piece.name][:3, :3].T
        + at[piece.name][:3, 3]
        for piece in body_pieces(figure.name, figure.height_m, build)
    }


def lowest(points, *parts):
    return min(points[part][:, 1].min() for part in parts)


@pytest.mark.parametrize("height", [1.05, 1.68, 1.95])
@pytest.mark.parametrize("build", ["average", "heavy"])
def test_a_mannequin_is_as_tall_as_the_cast_list_says(height, build):
    points = placed(Figure("JENNY", height), "stand", build)
    assert max(each[:, 1].max() for each in points.values()) == pytest.approx(height, abs=1e-5)
    assert lowest(points, "left foot", "right foot", "left toes", "right toes") == pytest.approx(0.0, abs=2e-3)


def test_eyes_chin_shoulders_and_knees_are_where_the_lens_expects_them():
    will = Figure("WILL", 1.80)
    body = body_of(will)
    points = placed(will, "stand")
    assert points["head"][:, 1].min() == pytest.approx(landmark(will, "chin")[1], abs=0.01)
    assert body.joints["left shin"][1] == pytest.approx(landmark(will, "knees")[1])
    assert body.joints["left thigh"][1] == pytest.approx(landmark(will, "hips")[1])
    assert points["left upper arm"][:, 1].max() == pytest.approx(landmark(will, "shoulders")[1], abs=0.02)
    tip = points["head"][points["head"][:, 2].argmax()]
    assert 0.45 < (tip[1] - landmark(will, "chin")[1]) / (landmark(will, "eyes")[1] - landmark(will, "chin")[1]) < 0.95


def test_shoulders_are_as_wide_as_drillis_and_contini_measured():
    points = placed(Figure("WILL", 1.80), "stand")
    top = [side[side[:, 1] > 0.775 * 1.80] for side in (points["left upper arm"], points["right upper arm"])]
    across = top[0][:, 0].max() - top[1][:, 0].min()
    assert across / 1.80 == pytest.approx(0.259, abs=0.012)  # Winter, figure 4.1


def test_a_child_has_a_bigger_head_and_shorter_legs_for_its_height():
    child, adult = body_of(Figure("TIM", 1.05)), body_of(Figure("ANN", 1.70))
    assert 1 - child.marks["chin"] > 1.25 * (1 - adult.marks["chin"])
    assert child.marks["hips"] < adult.marks["hips"]


def test_every_part_is_closed_faces_outwards_and_is_light_enough():
    pieces = mannequin(Figure("JENNY", 1.70))
    assert sum(len(piece.triangles) for piece in pieces) < 11_000
    for piece in pieces:
        corners = piece.vertices.astype(float)[piece.triangles]
        # a closed mesh that faces outwards has a positive volume
        assert np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() > 0, piece.name
        edges = np.sort(
            np.concatenate([piece.triangles[:, [0, 1]], piece.triangles[:, [1, 2]], piece.triangles[:, [2, 0]]])
        )
        assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all(), piece.name
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        agree = np.einsum("ij,ij->i", faces, piece.normals[piece.triangles].mean(axis=1))
        assert (agree > -1e-9).mean() > 0.98, piece.name


@pytest.mark.parametrize("name", sorted(POSES))
def test_in_every_pose_the_bones_keep_their_length_and_nothing_sinks_through_the_floor(name):
    figure = Figure("A", 1.75)
    at, body = places(figure, name), body_of(figure)
    joint = {part: at[f"A {part}"][:3, :3] @ body.joints[part] + at[f"A {part}"][:3, 3] for part in PARENTS}
    for part, parent in PARENTS.items():
        if parent and not part.endswith("upper arm"):  # the shoulder blade moves
            rest = np.linalg.norm(body.joints[part] - body.joints[parent])
            assert np.linalg.norm(joint[part] - joint[parent]) == pytest.approx(rest, abs=1e-6), part
    for matrix in at.values():
        assert np.allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-9)
        assert np.linalg.det(matrix[:3, :3]) > 0
    points = placed(figure, name)
    assert min(each[:, 1].min() for each in points.values()) > -0.035
    feet = ("left foot", "right foot", "left toes", "right toes")
    if name not in ON_THE_FLOOR:
        assert lowest(points, *feet) < 0.02


def test_there_are_at_least_25_poses_and_a_misspelt_one_is_answered_with_the_nearest():
    assert len(POSES) >= 25
    with pytest.raises(NotFound, match="arms folded"):
        find_pose("arms foldet")


def test_elbows_bend_forwards_and_knees_backwards():
    points = places(Figure("A", 1.75), "sit")
    body = body_of(Figure("A", 1.75))
    knee = points["A left shin"][:3, :3] @ body.joints["left shin"] + points["A left shin"][:3, 3]
    hip = points["A left thigh"][:3, :3] @ body.joints["left thigh"] + points["A left thigh"][:3, 3]
    ankle = points["A left foot"][:3, :3] @ body.joints["left foot"] + points["A left foot"][:3, 3]
    assert knee[2] > hip[2] + 0.3
    assert knee[1] > ankle[1] + 0.3
    elbow = points["A left forearm"][:3, :3] @ body.joints["left forearm"] + points["A left forearm"][:3, 3]
    shoulder = points["A left upper arm"][:3, :3] @ body.joints["left upper arm"] + points["A left upper arm"][:3, 3]
    wrist = points["A left hand"][:3, :3] @ body.joints["left hand"] + points["A left hand"][:3, 3]
    assert elbow[2] < (shoulder[2] + wrist[2]) / 2


@given(st.floats(0.40, 0.52), st.sampled_from([1.25, 1.6, 1.95]))
@settings(max_examples=6, deadline=None)
def test_a_sitter_sits_on_the_seat_with_the_crown_where_the_lens_expects_it(seat, height):
    if not 0.15 <= seat / height <= 0.47:
        return
    figure = Figure("A", height, seat_m=seat)
    points = placed(figure, "sit")
    assert points["hair"][:, 1].max() == pytest.approx(landmark(figure, "crown")[1], abs=0.002)
    assert points["pelvis"][:, 1].min() == pytest.approx(seat, abs=0.06)


def test_a_pose_of_standing_is_taken_on_a_chair_too():
    standing, sitting = (placed(Figure("A", 1.75, seat_m=seat), "hold phone") for seat in (None, 0.45))
    assert sitting["head"][:, 1].max() < standing["head"][:, 1].max() - 0.3
    near = np.linalg.norm(sitting["right hand"].mean(0) - sitting["head"].mean(0))
    assert near == pytest.approx(np.linalg.norm(standing["right hand"].mean(0) - standing["head"].mean(0)), abs=0.02)


def test_the_head_turns_to_what_it_looks_at_as_far_as_a_neck_goes():
    figure = Figure("A", 1.75, (1.0, 0.0, 2.0), 90.0)
    for target, off in (([4.0, 1.6, 2.0], 0.0), ([4.0, 1.6, -1.0], 45.0), ([-3.0, 1.6, 2.1], 75.0)):
        nose = places(figure, "stand", look_at=target)["A head"][:3, :3] @ [0.0, 0.0, 1.0]
        turned = np.degrees(np.arccos(np.clip(nose @ [1.0, 0.0, 0.0], -1, 1)))
        assert turned == pytest.approx(off, abs=8.0)


def test_the_head_is_raised_to_what_is_above_and_lowered_to_what_is_below():
    for height, lifted in ((3.1, 45.0), (0.9, -35.0)):
        nose = places(Figure("A", 1.75), "stand", look_at=[0.0, height, 1.0])["A head"][:3, :3] @ [0.0, 0.0, 1.0]
        assert np.degrees(np.arcsin(nose[1])) == pytest.approx(lifted, abs=8.0)


def test_heading_0_looks_along_z_and_the_left_hand_is_on_the_left():
    points = placed(Figure("A", 1.75), "stand")
    assert points["head"][points["head"][:, 2].argmax()][2] > 0.1
    assert points["left hand"][:, 0].mean() > 0.1
    turned = placed(Figure("A", 1.75, facing_deg=90.0), "stand")
    assert turned["left hand"][:, 2].mean() < -0.1


def test_a_blend_is_between_its_poses_and_its_ends_are_they():
    stand, sit = POSES["stand"], POSES["kneel"]
    assert blend(stand, sit, 0.0) == stand
    assert blend(stand, sit, 1.0) == sit
    assert min(stand.hips, sit.hips) < blend(stand, sit, 0.5).hips < max(stand.hips, sit.hips)


def test_builds_differ_across_and_not_in_height():
    widths = {}
    for build in BUILDS:
        points = placed(Figure("A", 1.75), "stand", build)
        widths[build] = np.ptp(points["waist"][:, 0])
        assert max(each[:, 1].max() for each in points.values()) == pytest.approx(1.75, abs=1e-5)
    assert widths["slight"] < widths["average"] < widths["heavy"]
    with pytest.raises(NotFound, match="heavy"):
        mannequin(Figure("A"), build="hevy")


def test_tints_tell_people_apart_and_clothes_are_darker_than_skin():
    pieces = {piece.name: piece for piece in mannequin(Figure("A"), tint=(0.5, 0.55, 0.62))}
    assert pieces["A head"].grey == (0.5, 0.55, 0.62)
    assert sum(pieces["A left shin"].grey) < sum(pieces["A chest"].grey) < sum(pieces["A head"].grey)
    assert pieces["A chest"].surface == "A shirt"
    assert {piece.of for piece in pieces.values()} == {"A"}
