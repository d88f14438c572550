"""Breakdown sheets: headings as the field writes them, cast, tags, decisions that hold, lists, and hostile input."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.breakdown.cues import read_cue
from rushes.departments.previs.breakdown.decisions import Decision, read_decisions, write_decisions
from rushes.departments.previs.breakdown.headings import number_scenes, read_heading, read_headings
from rushes.departments.previs.breakdown.items import Category
from rushes.departments.previs.breakdown.sheets import break_down, elements_table
from rushes.departments.previs.breakdown.tagger import Tagger, teach
from rushes.departments.previs.script.fdx import read_fdx
from rushes.departments.previs.script.fountain import read_fountain
from rushes.departments.previs.script.merge import merge, track
from rushes.departments.previs.script.model import Element, Kind, Scene
from rushes.departments.previs.script.read import read_script
from rushes.domain.errors import BadMaterial

WHEN = "2026-11-26T10:00:00Z"
SHED = "INT. SHED - NIGHT\n\n{}\n\nJO\nWell?\n"


def scenes_of(text):
    return track(read_fountain(text.encode()))


def items_of(action, **given_):
    (sheet,) = break_down(scenes_of(SHED.format(action)), **given_)
    return [(item.category, item.name) for item in sheet.items if item.name != "JO"]


def named(sheet, category):
    return [item.name for item in sheet.items if item.category is category]


@pytest.mark.parametrize(
    ("heading", "read"),
    [
        ("INT. KITCHEN - DAY", ("INT", "KITCHEN", "DAY")),
        ("ext. harbour road -- late night", ("EXT", "HARBOUR ROAD", "NIGHT")),
        ("INT./EXT. CAR - DRIVING - DUSK", ("INT/EXT", "CAR - DRIVING", "DUSK")),
        ("I/E. VAN – MORNING", ("INT/EXT", "VAN", "MORNING")),
        ("EST. THE CITY - DAWN", ("EXT", "THE CITY", "DAWN")),
        ("EST. EXT. THE CITY - MAGIC HOUR", ("EXT", "THE CITY", "DUSK")),
        ("INT. HOUSE - KITCHEN - DAY 2", ("INT", "HOUSE - KITCHEN", "DAY")),
        ("INT. DR. HALE'S OFFICE, PARIS. AFTERNOON", ("INT", "DR. HALE'S OFFICE, PARIS", "AFTERNOON")),
        ("EXT. NIGHT MARKET - DAY (FLASHBACK)", ("EXT", "NIGHT MARKET", "DAY")),
        ("INT. NIGHT CLUB", ("INT", "NIGHT CLUB", "")),
        ("INT. CELLAR NIGHT", ("INT", "CELLAR", "NIGHT")),
        ("EXT. ROOF - NIGHT - CONTINUOUS", ("EXT", "ROOF", "NIGHT")),
        ("SNIPER SCOPE POV", ("", "SNIPER SCOPE POV", "")),
        ("INTERVIEW ROOM", ("", "INTERVIEW ROOM", "")),
    ],
)
def test_a_heading_is_read_as_the_field_writes_it(heading, read):
    slug = read_heading(heading)
    assert (slug.where, slug.place, slug.time) == read


@pytest.mark.parametrize(
    "later", ["CONTINUOUS", "LATER", "SAME", "SAME TIME", "MOMENTS LATER", "TWO DAYS LATER", "CONT'D"]
)
def test_the_time_is_carried_over_from_the_scene_before(later):
    slugs = read_headings(["INT. SHED - DUSK", f"EXT. SHED - {later}", "EXT. SEA - DAY", "EXT. PIER - SAME"])
    assert [slug.time for slug in slugs] == ["DUSK", "DUSK", "DAY", "DAY"]


def test_nobody_says_the_time_of_a_first_scene_that_is_continuous():
    assert [slug.time for slug in read_headings(["INT. SHED - CONTINUOUS"])] == [""]


def test_scenes_are_numbered_as_printed_and_an_added_one_gets_a_free_letter():
    scenes = [Scene(0, (Element(Kind.SCENE, "INT. A", number),)) for number in ("12", "12A", "", "13", "")]
    assert number_scenes(scenes) == ("12", "12A", "12B", "13", "13A")
    bare = [Scene(0, (Element(Kind.SCENE, "INT. A"),))] * 3
    assert number_scenes(bare) == ("1", "2", "3")


@pytest.mark.parametrize(
    ("cue", "names"),
    [
        ("STEEL", ["STEEL"]),
        ("STEEL (V.O.)", ["STEEL"]),
        ("JENNY AND WILL (CONT'D)", ["JENNY", "WILL"]),
        ("JENNY & WILL", ["JENNY", "WILL"]),
        ("JENNY/WILL", ["JENNY", "WILL"]),
        ("JENNY, WILL AND TOM (O.S.)", ["JENNY", "WILL", "TOM"]),
        ("MOTHER’S VOICE", ["MOTHER"]),
        ("DR. O'HARA", ["DR. O'HARA"]),
        ("MAN #2", ["MAN #2"]),
    ],
)
def test_a_cue_names_who_speaks(cue, names):
    assert [found.name for found in read_cue(cue)] == names
    assert all(cue[found.start : found.end] in cue for found in read_cue(cue))


def test_dual_dialogue_and_two_on_a_cue_are_all_cast_and_everybody_is_nobody():
    text = "INT. SHED - DAY\n\nJO\nNow!\n\nBO ^\nNow!\n\nANN AND CY\nNever.\n\nALL\nOh.\n\nSOLDIERS\nHo!\n"
    (sheet,) = break_down(scenes_of(text))
    assert named(sheet, Category.SPEAKING) == ["JO", "BO", "ANN", "CY"]
    assert named(sheet, Category.EXTRAS) == ["soldiers"]


def test_who_is_only_heard_says_so_until_they_are_seen():
    text = "INT. SHED - DAY\n\nJO (V.O.)\nOnce.\n\nBO (V.O.)\nTwice.\n\nBO\nHere.\n"
    (sheet,) = break_down(scenes_of(text))
    assert [(item.name, item.why) for item in sheet.items] == [("JO", "cue (V.O.)"), ("BO", "cue")]


def test_silent_cast_is_introduced_in_capitals_or_known_by_name():
    text = (
        "INT. SHED - DAY\n\nJO\nWho?\n\nEXT. SEA - DAY\n\nMARA VOSS (40s), a diver, waves at Jo. A BARTENDER nods. "
        "A loud CRASH. The SCREEN DOOR opens. Bo's hat floats by. A photograph of Bo.\n\n"
        "EXT. PIER - DAY\n\nVoss limps home. Jo's hand trembles.\n\nBO\nYes.\n"
    )
    first, sea, pier = break_down(scenes_of(text))
    assert named(first, Category.SILENT) == []
    assert named(sea, Category.SILENT) == ["MARA VOSS", "JO", "BARTENDER"]
    assert named(pier, Category.SILENT) == ["MARA VOSS", "JO"]


@pytest.mark.parametrize(
    ("action", "extras"),
    [
        ("A dozen weary MOURNERS stand about.", ["mourners"]),
        ("A crowd of fishermen parts.", ["fishermen"]),
        ("Passersby hurry past a waiter.", ["passersby", "waiter"]),
        ("The men look at each other.", []),
        ("Jo, a retired police detective, is like a child.", []),
        ("Nobody. No guards.", []),
    ],
)
def test_extras_are_crowds_and_people_without_a_name(action, extras):
    assert [name for category, name in items_of(action) if category is Category.EXTRAS] == extras


@pytest.mark.parametrize(
    ("action", "items"),
    [
        ("She picks up the phone.", [(Category.PROPS, "phone")]),
        ("They watch him. He checks his watch.", [(Category.PROPS, "watch")]),
        ("The door flies open.", []),
        ("A fly lands.", [(Category.ANIMALS, "fly")]),
        ("A lamp glows. He lifts the lamp.", [(Category.DRESSING, "lamp"), (Category.PROPS, "lamp")]),
        (
            "She takes off her glasses and fills two glasses.",
            [(Category.WARDROBE, "glasses"), (Category.PROPS, "glass")],
        ),
        ("No gun. A photograph of a horse. It moves like a snake.", [(Category.PROPS, "photograph")]),
        ("Night falls. He falls off the roof.", [(Category.STUNTS, "fall")]),
        ("He can run. She may tie it. They bear it.", []),
        ("The gun shop. Three knives.", [(Category.PROPS, "knife")]),
        (
            "Rain. The phone rings.",
            [(Category.EFFECTS, "rain"), (Category.PROPS, "phone"), (Category.SOUND, "phone ringing")],
        ),
    ],
)
def test_a_word_is_an_item_only_where_it_means_the_thing(action, items):
    assert items_of(action) == items


def test_brick_and_steel_is_broken_down(shared: object) -> None:
    folder: Path = shared("script_screenplain")
    sheets = break_down(track(read_script(folder / "examples" / "Brick-and-Steel.fountain")))
    table = elements_table(sheets)
    assert table[Category.SPEAKING] == {
        "BRICK": ("1", "7"),
        "COGNITO": ("6",),
        "DAN": ("2",),
        "HANDSOME MAN": ("8",),
        "JACK": ("2",),
        "MINION": ("8",),
        "STEEL": ("1", "3", "4", "6", "7"),
    }
    assert table[Category.SILENT] == {"BRICK": ("6",)}
    assert table[Category.PROPS] == {"beer": ("1", "2", "8"), "drug": ("2",), "money": ("2",), "phone": ("3",)}
    assert table[Category.VEHICLES] == {"Porsche": ("7",)}
    assert table[Category.EXTRAS] == {}
    assert [sheet.where for sheet in sheets] == ["EXT", "INT", "EXT", "", "", "EXT", "INT", "EXT"]


def test_the_three_formats_of_one_script_are_broken_down_alike(shared: object) -> None:
    folder: Path = shared("script_screenplain") / "examples"
    fountain, fdx, pdf = (
        [
            (sheet.place, [(item.category, item.name) for item in sheet.items if item.category is not Category.SOUND])
            for sheet in break_down(track(read_script(folder / f"Brick-and-Steel.{ending}")))
            if sheet.where
        ]
        for ending in ("fountain", "fdx", "pdf")
    )
    assert fountain == fdx == pdf


FDX = """<FinalDraft><Content>
<Paragraph Type="Scene Heading"><Text>INT. SHED - DAY</Text></Paragraph>
<Paragraph Type="Action"><Text>She lifts the </Text><Text TagNumber="1">lamp</Text><Text> over a </Text>
<Text TagNumber="2">gizmo</Text><Text> and a </Text><Text TagNumber="3">secret</Text><Text>. </Text>
<Text TagNumber="4">Jo Bly</Text><Text> waits.</Text></Paragraph>
<Paragraph Type="Character"><Text>JO</Text></Paragraph><Paragraph Type="Dialogue"><Text>Hm.</Text></Paragraph>
</Content><TagData><TagCategories><TagCategory Id="a" Name="Set Dressing"/><TagCategory Id="b" Name="Notes"/>
<TagCategory Id="c" Name="Cast Members"/></TagCategories><TagDefinitions>
<TagDefinition Id="d1" CatId="a" Label="magic lamp"/><TagDefinition Id="d2" CatId="a" Label="gizmo"/>
<TagDefinition Id="d3" CatId="b" Label="why"/><TagDefinition Id="d4" CatId="c" Label="Jo"/></TagDefinitions><Tags>
<Tag Number="1"><DefId>d1</DefId></Tag><Tag Number="2"><DefId>d2</DefId></Tag><Tag Number="3"><DefId>d3</DefId></Tag>
<Tag Number="4"><DefId>d4</DefId></Tag></Tags></TagData></FinalDraft>"""


def test_final_drafts_tags_win_over_rules_and_over_decisions():
    scenes = track(read_fdx(FDX.encode()))
    against = Decision("scene-0001", Category.PROPS, "lamp", "lamp", True, "Ada", WHEN)
    for decided in ((), (against,)):
        (sheet,) = break_down(scenes, decided=decided)
        assert [(item.category, item.name, item.words, item.why) for item in sheet.items] == [
            (Category.DRESSING, "magic lamp", "lamp", "tag"),
            (Category.DRESSING, "gizmo", "gizmo", "tag"),
            (Category.SPEAKING, "JO", "Jo Bly", "tag"),
        ]


def test_an_accepted_word_holds_in_every_scene_and_a_rejected_one_in_its_sense_alone():
    text = SHED.format("His sidearm gleams beside a dog.") + "\n" + SHED.format("Two sidearms. A dog. The blanket.")
    scenes = scenes_of(text)
    decided = [
        Decision("scene-0001", Category.PROPS, "sidearm", "sidearm", True, "Ada", WHEN),
        Decision("scene-0001", Category.ANIMALS, "dog", "dog", False, "Ada", WHEN),
        Decision("scene-0001", Category.PROPS, "blanket", "blanket", False, "Ada", WHEN),
    ]
    first, second = break_down(scenes, decided=decided)
    assert [(item.name, item.why, item.sure) for item in first.items if item.name != "JO"] == [
        ("sidearm", "accepted", 1.0)
    ]
    assert named(second, Category.PROPS) == ["sidearm"]
    assert named(second, Category.ANIMALS) == []
    assert named(second, Category.DRESSING) == ["blanket"]


def test_an_accepted_word_that_is_only_spoken_of_elsewhere_brings_nothing():
    scenes = scenes_of(SHED.format("His sidearm.") + "\nEXT. SEA - DAY\n\nJO\nWhere is my sidearm?\n")
    decided = [Decision("scene-0001", Category.PROPS, "Gun", "sidearm", True, "Ada", WHEN)]
    shed, sea = break_down(scenes, decided=decided)
    assert named(shed, Category.PROPS) == ["Gun"]
    assert named(sea, Category.PROPS) == []


def test_one_thing_under_two_spellings_is_one_item():
    decided = [Decision("scene-0001", Category.PROPS, "Gun", "sidearm", True, "Ada", WHEN)]
    (sheet,) = break_down(scenes_of(SHED.format("A gun. A sidearm.")), decided=decided)
    assert named(sheet, Category.PROPS) == ["Gun"]


def test_a_scenes_own_decision_wins_there_and_the_last_one_elsewhere():
    scenes = scenes_of("\n".join(SHED.format("A dog.") for _ in range(3)))
    decided = [
        Decision("scene-0002", Category.ANIMALS, "dog", "dog", False, "Bo", "2026-11-27T10:00:00Z"),
        Decision("scene-0001", Category.ANIMALS, "dog", "dog", True, "Ada", WHEN),
    ]
    sheets = break_down(scenes, decided=decided)
    assert [named(sheet, Category.ANIMALS) for sheet in sheets] == [["dog"], [], []]


def test_decisions_hold_in_the_next_draft_though_the_scene_moved_and_its_number_changed():
    old = scenes_of(
        SHED.format("His glimmer-whistle hangs on a nail of old iron.") + "\nEXT. SEA - DAY\n\nWaves roll in.\n"
    )
    decided = [Decision("scene-0001", Category.PROPS, "whistle", "glimmer-whistle", True, "Ada", WHEN)]
    draft = read_fountain(
        b"EXT. SEA - DAY #7#\n\nWaves roll in.\n\nINT. SHED - NIGHT #9#\n\n"
        b"His glimmer-whistle hangs on a nail of old iron.\n\nJO\nWell, well?\n"
    )
    moved = break_down(merge(old, draft, ()).scenes, decided=decided)[1]
    assert (moved.id, moved.number) == ("scene-0001", "9")
    assert ("whistle", "accepted") in [(item.name, item.why) for item in moved.items]


def test_what_a_scene_needs_and_does_not_say_is_kept_with_it():
    decided = [Decision("scene-0001", Category.PROPS, "umbrella", "", True, "Ada", WHEN)]
    (sheet,) = break_down(scenes_of(SHED.format("Wet.")), decided=decided)
    assert next((item.name, item.words) for item in sheet.items) == ("umbrella", "INT. SHED - NIGHT")


CHOICES = st.builds(
    Decision,
    st.text(max_size=20),
    st.sampled_from(list(Category)),
    st.text(max_size=20),
    st.text(max_size=40),
    st.booleans(),
    st.text(max_size=20),
    st.datetimes().map(lambda moment: moment.isoformat()),
)


@given(st.lists(CHOICES, max_size=3))
@settings(max_examples=15, deadline=None)
def test_decisions_are_read_as_they_were_written(decided):
    assert read_decisions(write_decisions(decided)) == tuple(decided)


def test_decisions_that_cannot_be_read_are_refused_with_every_reason():
    good = Decision("scene-0001", Category.PROPS, "gun", "gun", True, "Ada", WHEN)
    text = write_decisions([good, replace(good, at="yesterday"), replace(good, name="x" * 401)])
    with pytest.raises(BadMaterial) as refusal:
        read_decisions(text.replace('"props"', '"hats"', 1))
    assert [reason.split(":")[0] for reason in refusal.value.reasons] == [
        "entry 1",
        "entry 2",
        "entry 3",
    ]
    for wrong in ("{", "{}", "[[]]", "[" * 100_000):
        with pytest.raises(BadMaterial):
            read_decisions(wrong)


def test_weights_of_another_shape_or_that_are_no_numbers_are_refused():
    with pytest.raises(BadMaterial):
        Tagger({"weight": np.zeros((3, 3), np.float32), "bias": np.zeros(3, np.float32)})
    whole = teach(())
    with pytest.raises(BadMaterial):
        Tagger({**whole.weights, "bias": whole.weights["bias"] * np.float32("nan")})


WORDS = st.sampled_from(
    [
        "A",
        "the",
        "his",
        "JO",
        "Jo",
        "gun",
        "GUN",
        "phone",
        "rings",
        "of",
        "and",
        ",",
        ".",
        "(",
        ")",
        "*",
        "**",
        "_",
        "\\",
        "--",
        "falls",
        "off",
        "roof",
        "two",
        "dogs",
        "DR.",
        "no",
        "like",
        "glass",
        "'",
        "’s",
        "É",
        "12",
        "#",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_any_action_at_all_is_read_and_every_item_cites_what_is_there(words):
    scene = Scene(
        0, (Element(Kind.SCENE, "INT. X - DAY"), Element(Kind.ACTION, " ".join(words)), Element(Kind.CHARACTER, "JO"))
    )
    (tracked,) = [replace(scenes_of(SHED)[0], scene=scene)]
    (sheet,) = break_down([tracked])
    for item in sheet.items:
        assert scene.elements[item.element].text[item.start : item.end] == item.words != ""
    assert [item.element for item in sheet.items] == sorted(item.element for item in sheet.items)


def test_a_script_made_to_be_slow_is_read_too():
    long = 500
    for action in ("GUN dog " * long, "(" * long, "A " * long, "a crowd of " * long, "KNIFE'S " * long):
        heading = Element(Kind.SCENE, "INT. " + "(- " * long)
        cue = Element(Kind.CHARACTER, "JO" + " " * long + "AND " * long)
        scene = Scene(0, (heading, Element(Kind.ACTION, action), cue))
        (sheet,) = break_down([replace(scenes_of(SHED)[0], scene=scene)])
        assert len(sheet.items) < 10


def test_the_list_of_elements_names_the_scenes_whatever_the_case():
    text = "INT. A - DAY\n\nA dog.\n\nINT. B - DAY\n\nA DOG. Two dogs.\n\nINT. C - DAY\n\nA cat.\n"
    first, *rest = break_down(scenes_of(text))
    shouted = replace(first, items=tuple(replace(item, name=item.name.upper()) for item in first.items))
    table = elements_table([shouted, *rest])
    assert table[Category.ANIMALS] == {"cat": ("3",), "DOG": ("1", "2")}
    assert list(table) == list(Category)
