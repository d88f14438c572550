"""How many small faults in the rules would the tests notice? Plants them one at a time, in memory, and runs the tests.

python bench/mutation.py                 the evaluator: gate, faults, question, rules; prints what survives
python bench/mutation.py rules           one file of it
"""

import ast
import os
import signal
import sys
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from types import ModuleType

import cedarpy  # noqa: F401 - here, and not again in each process
import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
CEDAR = "tests/domain/test_cedar.py::test_"
GATE = ("tests/domain/test_gate.py", f"{CEDAR}gate_and_cedar_agree_on_every_random_world_and_each_rule_is_met[1]")
RULES = ("tests/domain/test_rules.py", f"{CEDAR}rules_of_packs_and_cedar_agree_on_random_facts")
TESTS = {"gate": GATE, "faults": GATE, "question": GATE, "rules": RULES}
ALONE = [
    "-x",
    "-q",
    "-c",
    os.devnull,
    "--rootdir=.",
    "--noconftest",
    "--import-mode=importlib",
    "-p",
    "no:cacheprovider",
]
PATIENCE_SECONDS = 120
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    **{ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,)},
    **{ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt)},
    **{ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt)},
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any", "reversed": "list", "set": "list"}


def changed(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:  # noqa: C901, PLR0912 - a table
    """Return what a piece of code may be changed to, and in words how."""
    said = ast.unparse(node) if isinstance(node, ast.expr | ast.stmt) else ""
    match node:
        case ast.Compare(left, ops, rest):
            for place, operator in enumerate(ops):
                for other in COMPARED[type(operator)]:
                    yield (
                        f"{said} with {other.__name__}",
                        ast.Compare(left, [*ops[:place], other(), *ops[place + 1 :]], rest),
                    )
        case ast.BoolOp(operator, values):
            yield f"{said} with the other", ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            for place in range(len(values)):
                left_over = [*values[:place], *values[place + 1 :]]
                yield f"{said} without part {place}", ast.BoolOp(operator, left_over) if left_over[1:] else left_over[0]
        case ast.UnaryOp(ast.Not(), operand):
            yield f"{said} without not", operand
        case ast.IfExp(test, body, other):
            yield f"{said} turned round", ast.IfExp(test, other, body)
        case ast.Constant(bool() | None as value):
            yield f"{value} as {not value}", ast.Constant(not value)
        case ast.Constant(int(value)):
            yield f"{value} as {value + 1}", ast.Constant(value + 1)
        case ast.Name(name, ast.Load()) if name in SWAPPED:
            yield f"{name} as {SWAPPED[name]}", ast.Name(SWAPPED[name], ast.Load())
        case ast.If(test, body, other):
            for always in (True, False):
                yield f"if {ast.unparse(test)} {always}", ast.If(ast.Constant(always), body, other)
        case ast.Subscript(value, ast.UnaryOp(), context):
            yield f"{said} with the first", ast.Subscript(value, ast.Constant(0), context)
        case ast.Starred(_, ast.Load()):
            yield f"{said} left out", ast.Starred(ast.Tuple([], ast.Load()), ast.Load())
        case ast.Expr(value) | ast.Assign(_, value) | ast.AugAssign(_, _, value) if not isinstance(value, ast.Constant):
            yield f"{said} left out", ast.Pass()


class Swap(ast.NodeTransformer):
    """Puts one piece of code in the place of another."""

    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self.node, self.other = node, other

    def visit(self, node: ast.AST) -> ast.AST:  # noqa: D102
        return self.other if node is self.node else self.generic_visit(node)


def mutants(source: str) -> Iterator[tuple[int, str, ast.Module]]:
    """Return a file with one fault each time: the line, what is wrong with it, the code. Texts for people stay."""
    tree = ast.parse(source)
    parts = [getattr(node, name, None) for node in ast.walk(tree) for name in ("annotation", "returns")]
    parts += [mark for node in ast.walk(tree) for mark in getattr(node, "decorator_list", ())]
    parts += [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    spared = {id(part) for node in parts if node for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in spared and not (isinstance(node, ast.Assign) and node in tree.body):
            for words, other in changed(node):
                # the copy keeps this one node itself, to know it again
                code = Swap(node, other).visit(deepcopy(tree, {id(node): node}))
                yield getattr(node, "lineno", 0), words, ast.fix_missing_locations(code)


def survives(name: str, tree: ast.Module) -> bool:
    """Run the tests in a process of their own, where a fault is planted; what hangs is noticed too."""
    if (process := os.fork()) == 0:
        signal.alarm(PATIENCE_SECONDS)
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1), os.dup2(sink, 2)
        hypothesis.settings.register_profile("planted", max_examples=20, derandomize=True, database=None)
        hypothesis.settings.load_profile("planted")
        sys.modules[f"rushes.domain.{name}"] = module = ModuleType(f"rushes.domain.{name}")
        try:
            exec(compile(tree, name, "exec"), module.__dict__)
        except BaseException:  # noqa: BLE001 - it cannot even be imported
            os._exit(1)
        os._exit(any(pytest.main([*ALONE, tests]) for tests in TESTS[name]))
    return os.waitpid(process, 0)[1] == 0


def main() -> None:
    os.chdir(ROOT)
    planted = left = 0
    for name in sys.argv[1:] or TESTS:
        source, start = (ROOT / f"src/rushes/domain/{name}.py").read_text(), time.time()
        assert survives(name, ast.parse(source)), f"the tests of {name} fail without any fault"
        found = [
            (line, words) for line, words, tree in mutants(source) if (planted := planted + 1) and survives(name, tree)
        ]
        left += len(found)
        print(f"{name}: {len(found)} survive, {time.time() - start:.0f} s", flush=True)
        for line, words in found:
            print(f"  {name}.py:{line}: {words}", flush=True)
    print(f"{planted - left} of {planted} faults noticed: {100 * (planted - left) / planted:.1f} %")


if __name__ == "__main__":
    main()
