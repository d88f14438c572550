"""The docs say what the code does: links, commands, tables."""

import inspect
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from rushes.cli import COMMANDS, GROUPS
from rushes.departments.department import Colour, Department
from rushes.departments.find import find_department
from rushes.departments.look.look import neutral_look
from rushes.departments.look.qc import check_look
from rushes.departments.look.recipe import LookRecipe
from rushes.departments.paint.recipe import PaintRecipe
from rushes.domain.actions import ACTIONS
from rushes.domain.gate import RULES
from rushes.domain.nouns import NOUNS
from rushes.settings import read_settings

HOME = Path(__file__).parents[1]
DOCS = HOME / "docs"
PAGES = [*HOME.glob("*.md"), *sorted(DOCS.rglob("*.md"))]
RECORDS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}

LINK = re.compile(r"!?\[[^]]*\]\((?P<target>[^)\s]+)\)")
FENCE = re.compile(r"^```(?P<kind>[\w]*)(?: title=\"(?P<title>[^\"]*)\")?\n(?P<body>.*?)^```$", re.M | re.S)
COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)


def text_of(name: str) -> str:
    return TEXTS[DOCS / name]


def plain(text: str) -> str:
    """The text without its line breaks, for a sentence may run over two lines."""
    return " ".join(text.split())


def without_code(text: str) -> str:
    return FENCE.sub("", text)


def anchors_of(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", without_code(TEXTS[page]), re.M)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOME).as_posix())
def test_every_link_leads_somewhere(page):
    dead = []
    for found in LINK.finditer(without_code(TEXTS[page])):
        if found["target"].startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = found["target"].partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(found["target"])
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOME).as_posix())
def test_no_page_names_a_path_of_one_machine(page):
    assert re.findall(r"(?:/work/|/home/|/root/|/tmp/|/Users/|[A-Z]:\\)\S*", TEXTS[page]) == []


def test_every_page_can_be_reached_from_the_contents():
    contents = (HOME / "mkdocs.yml").read_text()
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if page not in RECORDS]
    assert [page for page in pages if page not in contents] == []


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in GROUPS])
def test_the_line_of_help_for_a_command_is_the_first_line_of_its_docstring(command):
    function = getattr(import_module(f"rushes.cli.{command}"), command)
    assert inspect.getdoc(function).splitlines()[0] == COMMANDS[command]


def test_every_command_is_in_the_docs():
    everything = "\n".join(TEXTS.values())
    assert [name for name in COMMANDS if f"rushes {name}" not in everything] == []


def commands_within(group):
    app = import_module(f"rushes.cli.{group}").app
    return {command.name or command.callback.__name__ for command in app.registered_commands}


def test_every_command_about_rights_is_on_the_page_about_rights():
    names = [f"rushes {group} {name}" for group in ("rights", "policy") for name in commands_within(group)]
    assert len(names) > 4
    assert [name for name in names if name not in text_of("rights.md")] == []


def test_the_docs_name_no_command_that_does_not_exist():
    within = {name: commands_within(name) for name in GROUPS}
    wrong = []
    for page, text in TEXTS.items():
        code = "\n".join([*re.findall(r"`([^`\n]+)`", text), *(block["body"] for block in FENCE.finditer(text))])
        for first, second in re.findall(r"(?:^|[\s$(/])rushes ([a-z]+)(?: ([a-z]+))?", code):
            known = first in COMMANDS and (first not in GROUPS or second in within[first] or not second)
            wrong += [] if known else [f"{page.name}: rushes {first} {second}"]
    assert wrong == []


def test_every_option_in_the_docs_exists():
    known = set()
    for source in (HOME / "src" / "rushes" / "cli").glob("*.py"):
        text = source.read_text()
        known |= {name for names in re.findall(r'"(--[a-z-]+(?:/--[a-z-]+)?)"', text) for name in names.split("/")}
        known |= {f"--{name.replace('_', '-')}" for name in re.findall(r"^    (\w+): ", text, re.M)}
    known |= {"--help", "--install-completion", "--show-completion", "--growth"}
    wrong = []
    for page in (DOCS / name for name in ("tour.md", "look.md", "rights.md", "pixels.md", "index.md", "scale.md")):
        code = "\n".join([*re.findall(r"`([^`\n]+)`", TEXTS[page]), *(b["body"] for b in FENCE.finditer(TEXTS[page]))])
        lines = [line for line in code.replace("\\\n", " ").splitlines() if "rushes" in line or line.startswith("--")]
        found = {option for line in lines for option in re.findall(r"(?<=\s)--[a-z-]+|^--[a-z-]+", line)}
        wrong += [f"{page.name}: {option}" for option in sorted(found - known)]
    assert wrong == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_what_the_readme_tells_to_make_is_in_the_makefile(page):
    targets = set(re.findall(r"^(\w+):", (HOME / "Makefile").read_text(), re.M))
    asked = set(re.findall(r"(?:^|`)make (\w+)", TEXTS[HOME / page], re.M))
    assert asked
    assert asked <= targets


GATE = "".join((HOME / "src" / "rushes" / "domain" / name).read_text() for name in ("gate.py", "faults.py"))


def test_every_rule_of_the_gate_is_on_the_page_about_rights_in_its_own_words():
    page = text_of("rights.md")
    rows = {f"| `{rule.id}` | {rule.text} | {rule.source} |" for rule in RULES}
    assert [row for row in rows if row not in page] == []


def test_every_fault_of_a_licence_or_a_consent_is_on_the_page_about_rights():
    source = GATE
    patterns = set(re.findall(r"R-(?:[A-Z]{3}|\{family\})-\d\d", source))
    ids = {pattern.replace("{family}", family) for pattern in patterns for family in ("LIC", "CON")}
    assert len(ids) >= 14
    assert [one for one in sorted(ids) if f"`{one}`" not in text_of("rights.md")] == []


def test_the_page_about_rights_names_no_rule_that_does_not_exist():
    source = GATE + (HOME / "src" / "rushes" / "policy" / "answers.py").read_text()
    named = set(re.findall(r"R-[A-Z]{3}-\d\d", text_of("rights.md")))
    assert [one for one in named if one not in source and f"R-{{family}}-{one[-2:]}" not in source] == []


def test_every_action_is_explained():
    assert [action for action in ACTIONS if f"| `{action}` |" not in text_of("rights.md")] == []


def test_every_noun_is_in_the_glossary():
    missing = [kind.__name__ for kind in NOUNS.values() if f"| **{kind.__name__}** |" not in text_of("glossary.md")]
    assert missing == []


def test_every_line_of_the_glossary_says_what_a_word_is_and_what_it_is_not():
    rows = [line for line in text_of("glossary.md").splitlines() if line.startswith("| **")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [row for row in cells if len(row) != 3 or not all(row)] == []
    words = [row[0] for row in cells]
    assert len(set(words)) == len(words)


def test_the_guide_says_what_a_training_of_look_does_unless_told_otherwise():
    words = {"False": "off", "True": "on", "": "none"}
    defaults = {field.name: str(field.default) for field in fields(LookRecipe) if field.name != "name"}
    rows = [f"| `{name}` | {words.get(value, value)} |" for name, value in defaults.items()]
    assert [row for row in rows if row not in text_of("look.md")] == []


def test_every_setting_and_recipe_of_look_is_in_its_guide():
    look, page = find_department("look"), text_of("look.md")
    names = [*look.settings, *look.recipes, *(field.name for field in fields(LookRecipe) if field.name != "name")]
    assert [name for name in names if f"| `{name}` |" not in page] == []
    neutral = {name: ("on" if value is True else f"{value:g}") for name, value in look.settings.items()}
    rows = [f"| `{name}` | {value} |" for name, value in neutral.items()]
    assert [row for row in rows if row not in page] == []


@pytest.mark.parametrize("name", ["look", "paint"])
def test_every_way_of_teaching_a_department_is_in_its_guide(name):
    page, department = text_of(f"{name}.md"), find_department(name)
    roles = {need.role for kind in department.lessons for need in kind.needs}
    roles |= {need.role for need in department.further}
    assert [role for role in sorted(roles) if f"`{role}`" not in page] == []


def test_the_guide_says_what_a_training_of_paint_does_unless_told_otherwise():
    words = {"False": "off", "True": "on"}
    defaults = {field.name: field.default for field in fields(PaintRecipe) if field.name != "name"}
    shown = {
        name: words.get(str(value), f"{value:g}" if isinstance(value, float) else str(value))
        for name, value in defaults.items()
    }
    assert [name for name, value in shown.items() if f"| `{name}` | {value} |" not in text_of("paint.md")] == []


def test_every_setting_and_recipe_of_paint_is_in_its_guide():
    paint, page = find_department("paint"), text_of("paint.md")
    neutral = {name: ("on" if value is True else f"{value:g}") for name, value in paint.settings.items()}
    rows = [f"| `{name}` | {value} |" for name, value in neutral.items()] + [f"| `{name}` |" for name in paint.recipes]
    assert [row for row in rows if row not in page] == []


def test_every_check_of_a_look_is_in_its_guide_with_its_threshold():
    page = text_of("look.md")
    missing = []
    for measure in check_look(neutral_look("ACEScct"), COLOUR):
        row = next((line for line in page.splitlines() if line.startswith(f"| {measure.name} |")), None)
        held = "" if measure.threshold is None else f"{measure.threshold:g}"
        if row is None or held not in row:
            missing.append(f"{measure.name}: {held}")
    assert missing == []


def test_every_field_of_a_department_is_explained():
    page = text_of("add-a-department.md")
    assert [field.name for field in fields(Department) if f"`{field.name}`" not in page] == []


def test_every_variable_that_is_read_is_in_the_docs():
    names = re.findall(r"RUSHES_[A-Z]+", inspect.getsource(read_settings))
    assert names
    assert [name for name in names if f"| `{name}` |" not in text_of("index.md")] == []


def test_decision_records_are_numbered_without_holes_and_listed():
    numbers = [int(record.name[:4]) for record in RECORDS]
    assert numbers == list(range(1, len(numbers) + 1))
    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", text_of("decisions/README.md"))
    assert listed == [record.name for record in RECORDS]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name[:4])
def test_a_decision_record_has_context_decision_and_price(record):
    heads = re.findall(r"^#+ (.*)$", TEXTS[record], re.M)
    assert heads[0].startswith(f"{record.name[:4]} ")
    assert heads[1:] == ["Context", "Decision", "Price"]


def test_every_dependency_of_the_core_has_a_row_in_its_decision():
    project = (HOME / "pyproject.toml").read_text()
    core = re.findall(r'^  "([a-z0-9-]+)[<>=]', re.search(r"^dependencies = \[(.*?)^\]", project, re.M | re.S)[1], re.M)
    pages = "\n".join(text for page, text in TEXTS.items() if page.parent.name == "decisions")
    assert core
    assert [name for name in core if f"| {name} | " not in pages] == []


def test_every_test_that_the_page_about_threats_relies_on_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text_of("threats.md"))
    assert len(named) > 10
    there = {path: (HOME / path).read_text() if (HOME / path).is_file() else "" for path, _ in named}
    assert [f"{path}::{test}" for path, test in named if f"def {test or 'test_'}" not in there[path]] == []


def test_the_changelog_has_the_version_that_is_built():
    version = re.search(r'^version = "(.*)"$', (HOME / "pyproject.toml").read_text(), re.M)[1]
    assert f"## [{version}]" in TEXTS[HOME / "CHANGELOG.md"]
