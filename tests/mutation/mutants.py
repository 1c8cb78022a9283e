"""Make mutants of a module: its functions with one operator, constant or sign changed.

The changes are those of cosmic-ray. Its own runner writes each mutant into the source and starts a
process for it; here a mutant is a new code object for a function that is already loaded, so that
lambdas in tables and functions that other modules imported are mutated where they are.
"""

from __future__ import annotations

import ast
import copy
import gc
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

from autograd_lite.primitive import Primitive

# For each operator its opposite, and for a comparison its neighbours: cosmic-ray has every other
# pair as well, but what does not notice - in the place of + does not notice %, either.
SWAPS = {
    "ReplaceBinaryOperator": (
        "Add_Sub Sub_Add Mul_Div Mul_Add Div_Mul Div_FloorDiv FloorDiv_Div FloorDiv_Mul Mod_Mul "
        "Pow_Mul LShift_RShift RShift_LShift BitAnd_BitOr BitOr_BitAnd BitXor_BitOr"
    ),
    "ReplaceComparisonOperator": (
        "Eq_NotEq Eq_LtE Eq_GtE NotEq_Eq NotEq_Lt NotEq_Gt Lt_LtE Lt_Gt LtE_Lt LtE_GtE Gt_GtE "
        "Gt_Lt GtE_Gt GtE_LtE Is_IsNot IsNot_Is"
    ),
    "ReplaceUnaryOperator": "Delete_USub Delete_Not Delete_Invert",
}
OTHERS = (
    "AddNot NumberReplacer ReplaceTrueWithFalse ReplaceFalseWithTrue ReplaceAndWithOr "
    "ReplaceOrWithAnd"
)

FORGOTTEN = [
    "abs",
    "absolute",
    "negative",
    "conj",
    "conjugate",
    "conjugate_if_complex",
    "real",
    "real_if_complex",
    "adjoint",
    "transposed",
    "matrix_transpose",
]


class MatrixProductToProduct(Operator):
    """An operator that replaces a matrix product with a product: cosmic-ray has none."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        is_operator = isinstance(node, parso.python.tree.Operator) and node.value == "@"
        if is_operator and node.parent.type != "decorator":
            yield (node.start_pos, node.end_pos)

    def mutate(self, node: Any, index: int) -> Any:
        node.value = "*"
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class CallToArgument(Operator):
    """An operator that forgets a conjugate, a transpose, a real part or a size."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type not in ("atom_expr", "power"):
            return
        name, call = node.children[-2:]
        if (
            name.get_last_leaf().value in FORGOTTEN
            and call.get_first_leaf().value == "("
            and len(call.children) == 3
            and call.children[1].type != "arglist"
        ):
            yield (node.start_pos, node.end_pos)

    def mutate(self, node: Any, index: int) -> Any:
        node.children = node.children[-1:]  # the parentheses with the argument
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


def operators() -> list[Operator]:
    """Return what changes the source."""
    swaps = [f"{kind}_{swap}" for kind, swaps in SWAPS.items() for swap in swaps.split()]
    names = [*swaps, *OTHERS.split()]
    return [
        *(get_operator(f"core/{name}")() for name in names),
        MatrixProductToProduct(),
        CallToArgument(),
    ]


Place = tuple[str, int, int]
"""A file, a line and a column."""


@dataclass(frozen=True)
class Mutant:
    """A module with one change, in one of its functions or constants."""

    path: Path
    line: int
    before: str
    after: str
    original: Any
    changed: Any

    @property
    def is_constant(self) -> bool:
        """Whether it changes a constant of the module."""
        return isinstance(self.original, ast.Assign | ast.AnnAssign)

    @property
    def assigned(self) -> list[str]:
        """The names of a constant."""
        statement = self.original
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        return [target.id for target in targets if isinstance(target, ast.Name)]

    @property
    def name(self) -> str:
        """The name of the function that is changed."""
        return "constant" if self.is_constant else getattr(self.original, "name", "lambda")

    @property
    def place(self) -> Place:
        """Where the function or the constant begins."""
        return place_of(self.path, self.original)

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays when lines move: the file, and the line before and after."""
        return self.path.name, self.before, self.after

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line} {self.name}\n  - {self.before}\n  + {self.after}"


def mutants_of(path: Path) -> list[Mutant]:
    """Return every mutant of the functions and constants of a module, by line."""
    source = path.read_text()
    lines = source.splitlines(keepends=True)
    mutants = []
    for statement in ast.parse(source).body:
        text = "".join(lines[statement.lineno - 1 : statement.end_lineno])
        for number, before, after, original, changed in changes_of(statement, text):
            line = number + statement.lineno - 1
            mutants.append(Mutant(path, line, before, after, original, changed))
    return sorted(mutants, key=lambda mutant: mutant.line)


def changes_of(statement: ast.stmt, source: str) -> Iterator[tuple[int, str, str, Any, Any]]:
    """Go through what can be changed in a statement: the line, and the unit, before and after."""
    units = units_of(statement)
    dumps = [ast.dump(unit) for unit in units]
    seen = set()
    for mutated in mutated_sources(source) if units else ():
        tree = parsed(mutated)
        if tree is None:
            continue
        changed = units_of(tree.body[0])
        if list(map(parameters_of, changed)) != list(map(parameters_of, units)):
            continue  # f(x, *, y) became f(x, /, y)
        if any(map(orders_texts, changed)):
            continue  # mode == "full" became mode <= "full"
        different = [i for i, unit in enumerate(changed) if ast.dump(unit) != dumps[i]]
        key = ast.dump(tree)
        if len(different) == 1 and key not in seen:  # 0: an annotation, or around the lambdas
            seen.add(key)
            (i,) = different
            yield (*first_difference(source, mutated), units[i], changed[i])


def mutated_sources(source: str) -> Iterator[str]:
    """Go through the source with each change that there is."""
    for operator in operators():
        places = sum(1 for n in ast_nodes(get_ast(source)) for _ in operator.mutation_positions(n))
        for occurrence in range(places):
            yield mutate_code(source, operator, occurrence)


def parsed(source: str) -> ast.Module | None:
    """Return the tree, or None where the change makes no Python of it."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


def units_of(statement: ast.stmt) -> list[Any]:
    """Return the outermost functions and lambdas of a statement, or the constant it assigns."""
    functions = list(outermost_functions(statement))
    if not functions and isinstance(statement, ast.Assign | ast.AnnAssign):
        return [statement]
    return functions


def outermost_functions(node: ast.AST) -> Iterator[Any]:
    """Go through the functions and lambdas below a node that are inside of no other."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        without_annotations(node)
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from outermost_functions(child)


def without_annotations(function: Any) -> None:
    """Take off a function what it is not run with: annotations and decorators."""
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.copy_location(ast.Constant(""), node.annotation)
    if isinstance(function, ast.FunctionDef):
        function.decorator_list = []


def parameters_of(unit: Any) -> list[tuple[int, int]]:
    """Return how many parameters functions take by position and by keyword alone."""
    lists = [node for node in ast.walk(unit) if isinstance(node, ast.arguments)]
    return [(len(arguments.posonlyargs), len(arguments.kwonlyargs)) for arguments in lists]


def orders_texts(unit: Any) -> bool:
    """Return whether something is compared with a string by order."""
    return any(
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)
        and isinstance(node.comparators[0], ast.Constant)
        and isinstance(node.comparators[0].value, str)
        for node in ast.walk(unit)
    )


def first_difference(source: str, mutated: str) -> tuple[int, str, str]:
    """Return the number of the line that differs, and both lines."""
    for number, (a, b) in enumerate(zip(source.split("\n"), mutated.split("\n"), strict=False), 1):
        if a != b:
            return number, a.strip(), b.strip()
    raise AssertionError("the same source")


# Putting a mutant in its place


class Installer:
    """Puts mutants of a module that is loaded in the place of what they change."""

    def __init__(self, path: Path, module: ModuleType) -> None:
        self.path = path
        self.module = module
        loaded = [
            item
            for item in gc.get_objects()
            if type(item) is FunctionType and item.__code__.co_filename == str(path)
        ]
        self.functions: dict[Place, list[FunctionType]] = {
            place_of(path, unit): [f for f in loaded if is_code_of(f.__code__, unit)]
            for statement in ast.parse(path.read_text()).body
            for unit in outermost_functions(statement)
        }

    def install(self, mutant: Mutant, changed: bool = True) -> None:
        """Change what is loaded, or change it back."""
        unit = mutant.changed if changed else mutant.original
        if mutant.is_constant:
            rebind(unit, self.module)
            return
        self.replace(mutant.original, unit)

    def takes(self, mutant: Mutant) -> bool:
        """Return whether the module could be imported: whether a constant can be computed."""
        try:
            self.install(mutant)
        except Exception:
            if mutant.is_constant:
                return False
            raise
        self.install(mutant, changed=False)
        return True

    def probe(self, note: Callable[[Place], None]) -> None:
        """Let each function and lambda note where it stands when it is called."""
        vars(self.module)["note_call"] = note
        for statement in ast.parse(self.path.read_text()).body:
            for unit in outermost_functions(statement):
                self.replace(unit, with_note(unit, place_of(self.path, unit)))

    def replace(self, old: Any, new: Any) -> None:
        """Exchange the code of what is loaded of a function."""
        source = function_of(new, vars(self.module))
        for function in self.functions[place_of(self.path, old)]:
            function.__code__ = source.__code__
            function.__defaults__ = source.__defaults__
            function.__kwdefaults__ = source.__kwdefaults__


def place_of(path: Path, unit: Any) -> Place:
    return str(path), unit.lineno, unit.col_offset


def with_note(function: Any, place: Place) -> Any:
    """Return a function that calls `note_call` before it does what it did."""
    function = copy.deepcopy(function)
    note = ast.parse(f"note_call({place!r})").body[0]
    if isinstance(function, ast.Lambda):
        both = ast.Tuple([note.value, function.body], ast.Load())  # type: ignore[attr-defined]
        function.body = ast.Subscript(both, ast.Constant(1), ast.Load())
    else:
        function.body.insert(0, note)
    return ast.fix_missing_locations(function)


def is_code_of(code: CodeType, unit: Any) -> bool:
    """Return whether code was compiled from a function or lambda of its file."""
    if isinstance(unit, ast.Lambda):
        body = unit.body
        span = (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset)
        return code.co_name == "<lambda>" and span in code.co_positions()
    last_line = max(line for *_, line in code.co_lines() if line)
    return code.co_name == unit.name and unit.lineno <= last_line <= unit.end_lineno


def function_of(unit: Any, names: dict[str, Any]) -> Any:
    """Return the function that a unit defines, in the namespace of its module."""
    if isinstance(unit, ast.Lambda):
        return eval(compile(ast.Expression(unit), "mutant", "eval"), names)
    made: dict[str, Any] = {}
    exec(compile(ast.Module([unit], []), "mutant", "exec"), names, made)
    return made[unit.name]


def rebind(assignment: Any, module: ModuleType) -> None:
    """Assign a constant again, in every module of the package that imported it."""
    made: dict[str, Any] = {}
    body = ast.Module([assignment], [])
    exec(compile(body, "mutant", "exec"), dict(vars(module)), made)
    for name, value in made.items():
        before = getattr(module, name)
        if isinstance(value, Primitive):  # held by others: the declaration changes in place
            for slot in Primitive.__slots__:
                setattr(before, slot, getattr(value, slot))
            continue
        for other in list(sys.modules.values()):
            if other.__name__.startswith("autograd_lite") and vars(other).get(name) is before:
                setattr(other, name, value)
