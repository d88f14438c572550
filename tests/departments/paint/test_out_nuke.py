"""A Nuke script is well-formed Tcl, its nodes hang together as they should, and nobody's words are run in it."""

import json
from dataclasses import dataclass

import numpy as np
import pytest

from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.network import Shape, fresh_network
from rushes.departments.paint.out_nuke import channels_in, channels_out, nuke_script, write_nuke
from rushes.domain.errors import BadMaterial

tkinter = pytest.importorskip("tkinter")

KNOWN_CHANNELS = {
    *("rgba.red", "rgba.green", "rgba.blue", "rgba.alpha", "depth.Z", "forward.u", "forward.v", "backward.u"),
    *("backward.v", "deep.front", "deep.back", "disparityL.x", "disparityL.y", "disparityR.x", "disparityR.y"),
    *("mask.a", "rotopaint_mask.a", "mask_planartrack.a", "mask_splinewarp.a"),
}
"""All that Nuke's machine learning nodes know, by Foundry's guide."""


def taught(*, changes: bool, mattes: int = 0, guides: int = 0, neighbours: int = 0) -> PaintModel:
    shape = Shape(3 * (1 + 2 * neighbours) + guides, changes, mattes, (16, 32), 1)
    return PaintModel(
        fresh_network(shape, 0), shape, neighbours, guides, False, {}, "", (), np.zeros((0, 1), np.float32)
    )


@dataclass
class Node:
    kind: str
    knobs: dict[str, str]
    user_knobs: list[str]
    inputs: list["Node"]


def opened(text: str) -> dict[str, Node]:
    """Read a script as Nuke does: Tcl, in which each node takes its inputs off a stack and puts itself there."""
    tcl, stack, nodes = tkinter.Tcl(), [], {}

    def make(kind: str, body: str) -> None:
        words = tcl.splitlist(body)
        assert len(words) % 2 == 0, f"{kind} has a knob without a value"
        pairs = list(zip(words[::2], words[1::2], strict=True))
        own = [value for name, value in pairs if name == "addUserKnob"]
        knobs = {name: value for name, value in pairs if name != "addUserKnob"}
        assert len(knobs) + len(own) == len(pairs), f"{kind} has a knob twice"
        count = int(knobs.pop("inputs", 1))
        node = Node(kind, knobs, own, [stack.pop() for _ in range(count)])
        if kind != "Root":
            assert knobs["name"] not in nodes
            nodes[knobs["name"]] = node
            stack.append(node)
        else:
            nodes["root"] = node

    def call(name: str, *words: str) -> str:
        if name == "push":
            stack.append(nodes[words[0]])
        elif name == "stack":
            return stack[-1 - int(words[0])].knobs["name"]
        elif name != "version":
            assert len(words) == 1, f"{name} is no node and no command that a script needs"
            make(name, words[0])
        return ""

    tcl.createcommand("unknown", call)
    for harmful in ("exec", "open", "source", "file", "socket", "load"):
        tcl.eval(f"rename {harmful} {{}}")
    tcl.eval(text)
    return nodes


KINDS = {
    "paint-out": {"changes": True},
    "everything": {"changes": True, "guides": 1, "neighbours": 2, "mattes": 2},
    "roto": {"changes": False, "mattes": 1},
    "three mattes": {"changes": False, "mattes": 3, "guides": 1},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_cat_is_made_of_the_script_and_then_run_both_found_beside_the_nk(kind):
    model = taught(**KINDS[kind])
    nodes = opened(nuke_script("wire_v1", model, title="Wire out", working_space="ACEScg"))
    maker = nodes["make_cat"]
    assert (maker.kind, nodes["paint"].kind) == ("CatFileCreator", "Inference")
    assert (maker.knobs["torchScriptFile"], maker.knobs["catFile"]) == ("wire_v1.pt", "wire_v1.cat")
    assert nodes["paint"].knobs["modelFile"] == "wire_v1.cat"
    assert nodes["root"].knobs["project_directory"] == "[python {nuke.script_directory()}]"
    assert maker.knobs["channelsIn"].split(", ") == list(channels_in(model))
    assert len(channels_in(model)) == len(set(channels_in(model))) == model.shape.inputs
    assert len(channels_out(model)) == len(set(channels_out(model))) == 3 + model.shape.changes + model.shape.mattes
    assert KNOWN_CHANNELS.issuperset(channels_in(model) + channels_out(model))
    assert "ACEScg" in nodes["plate"].knobs["label"]


def test_strength_is_a_knob_of_the_cat_by_the_name_of_its_attribute_where_there_is_a_change():
    painted, cut = (
        opened(nuke_script("a", taught(**KINDS[kind]), title="", working_space="")) for kind in ("paint-out", "roto")
    )
    assert painted["make_cat"].user_knobs == ["20 User", "7 strength R 0 2"]
    assert painted["make_cat"].knobs["strength"] == "1"
    assert cut["make_cat"].user_knobs == []


def test_the_result_is_laid_into_the_plate_where_it_applies_with_a_mix():
    nodes = opened(nuke_script("a", taught(changes=True), title="", working_space=""))
    laid = nodes["laid_in"]
    assert laid.kind == "Keymix"
    below, above, mask = laid.inputs
    assert (below, above, mask) == (nodes["plate"], nodes["paint"], nodes["where_it_applies"])
    assert mask.inputs == [above]
    assert mask.knobs["expr3"] == "a > 0"
    assert (laid.knobs["mix"], laid.knobs["channels"]) == ("1", "rgb")
    assert above.inputs == [nodes["plate"]]


def test_mattes_are_put_beside_the_untouched_plate():
    nodes = opened(nuke_script("a", taught(changes=False, mattes=3), title="", working_space=""))
    end = nodes["with_mattes"]
    assert end.inputs == [nodes["plate"], nodes["paint"]]
    for number, channel in enumerate(("rgba.alpha", "mask.a", "rotopaint_mask.a")):
        assert end.knobs[f"from{number}"] == end.knobs[f"to{number}"] == channel


def test_plates_around_and_the_guide_ride_to_the_model_in_the_order_it_was_taught_in():
    model = taught(changes=True, neighbours=1, guides=1)
    nodes = opened(nuke_script("a", model, title="", working_space=""))
    carried, node = {}, nodes["paint"].inputs[0]
    while node.kind == "Copy":
        node, source = node.inputs[0], node
        rider = source.inputs[1]
        for number in range(sum(knob.startswith("from") for knob in source.knobs)):
            carried[source.knobs[f"to{number}"]] = (
                rider.knobs.get("time_offset", rider.knobs["name"]),
                source.knobs[f"from{number}"],
            )
    assert node is nodes["plate"]
    rgb = ("rgba.red", "rgba.green", "rgba.blue")
    # a clip moved by +1 shows the frame before
    wanted = [*(("1", one) for one in rgb), *(("-1", one) for one in rgb), ("guide", "rgba.alpha")]
    assert [carried[channel] for channel in channels_in(model)[3:]] == wanted


@pytest.mark.parametrize(
    "words", ['[exec rm -rf /] "night"', "a } Root { b", "$env(HOME) \\", "été\nferry", "{[python x]}", "#;"]
)
def test_words_of_a_person_stay_words(words):
    text = nuke_script("a", taught(changes=True), title=words, working_space=words)
    plain = opened(nuke_script("a", taught(changes=True), title="x", working_space="x"))
    nodes = opened(text)
    assert list(nodes) == list(plain)
    for node in nodes.values():
        shown = node.knobs.get("label", "")
        assert not set(shown) & set("[]{}$\\")


@pytest.mark.parametrize("name", ["a b.pt", "[exec ls].pt", "$x.pt", "é.pt"])
def test_a_file_that_nuke_would_take_for_a_command_is_refused(name, tmp_path):
    with pytest.raises(BadMaterial, match="by name"):
        write_nuke(tmp_path / name, taught(changes=True), title="", working_space="")
    assert list(tmp_path.iterdir()) == []


def test_more_frames_than_nuke_has_channels_for_are_refused():
    with pytest.raises(BadMaterial, match="3 frames before and after"):
        channels_in(taught(changes=True, neighbours=3))


def test_the_cattery_card_names_the_cat_beside_the_script(tmp_path):
    script, card = write_nuke(tmp_path / "wire.pt", taught(changes=True), title="Wire out", working_space="ACEScg")
    assert script == tmp_path / "wire.nk"
    assert script.read_text().startswith("version ")
    said = json.loads(card.read_text())
    assert [one["filepath"] for one in said["cats"]] == ["wire.cat"]
    assert {"minimum_nuke_version_required", "version", "category", "description", "cats"} == set(said)
