import json

import pytest

from rushes.cli import COMMANDS, run

NEW = ["new", "nf", "--owner", "Nightfall Ltd", "--territory", "gb"]


def test_wrong_usage_is_exit_code_2(home, capsys):
    assert run(["nonsense"]) == 2
    assert run(["ingest"]) == 2
    assert run(["clear", "--no-such-option"]) == 2


def test_a_refusal_is_exit_code_1_and_says_what_and_what_to_do(home, capsys):
    assert run(["status"]) == 1
    assert "rushes new" in capsys.readouterr().err


def test_a_refusal_for_programs_is_json_with_every_part(home, capsys):
    assert run(["status", "--json"]) == 1
    refusal = json.loads(capsys.readouterr().out)
    assert set(refusal) == {"error", "what", "reasons", "do"}
    assert refusal["error"] == "BadMaterial"


def test_a_wrong_name_offers_the_nearest(home, capsys):
    assert run(NEW) == 0
    assert run(["render", "look1", "plate", "--show", "nv"]) == 1
    assert "did you mean 'nf'" in capsys.readouterr().err


def test_a_new_show_is_there_for_programs_too(home, capsys):
    assert run([*NEW, "--json"]) == 0
    show = json.loads(capsys.readouterr().out)
    assert (show["name"], show["territory"], show["working_space"]) == ("nf", "GB", "ACEScg")
    assert run(NEW) == 1


def test_a_show_with_an_unknown_colour_space_or_view_is_refused(home, capsys):
    assert run([*NEW, "--working-space", "ACEScgg"]) == 1
    assert "ACEScg" in capsys.readouterr().err
    assert run([*NEW, "--view", "Pretty"]) == 1


def test_a_say_that_was_given_and_taken_away_is_gone(home, capsys):
    run(NEW)
    for says in ([], ["--say", "look"], []):
        assert run(["person", "ana", "--title", "Ana", *says, "--json"]) == 0
    capsys.readouterr()
    run(["status", "--json"])
    assert json.loads(capsys.readouterr().out)["Person"][-1]["says"] == []


def test_a_licence_of_the_same_name_is_refused_and_changes_nothing(home, capsys):
    run(NEW)
    licence = ["rights", "licence", "l1", "--owner", "N", "--allow", "ai_training"]
    assert run(licence) == 0
    assert run(licence) == 1
    assert run(["rights", "licence", "l2", "--owner", "N", "--allow", "anything"]) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    assert run([command, "--help"]) == 0
    assert COMMANDS[command].split(":")[0] in " ".join(capsys.readouterr().out.split())
