"""House rules about the code itself: the shape of an action, what screens may touch, how large a file may grow."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

PRODUCT = Path(__file__).resolve().parents[2] / "redvest"
LONGEST_FILE = 400
LONGEST_MODELS = 600  # tables read like a list, one after the other
LONGEST_FUNCTION = 60
# Who calls actions: whatever lies above the apps.
CALLERS = ("web", "workflows", "command", "demo")

# Actions that differ from the shape, each with the reason.
NO_PERMISSION = {
    "core.set_language": "everybody chooses his own language",
    "incidents.answer_by_link": "the unguessable token of the link is the permission",
    "incidents.install_shipped_playbooks": "set-up, before anybody has a role; acts as the system account",
    "needs.ask_by_code": "the unguessable code on the building's paper is the permission",
    "needs.resident_says": "the unguessable token of the request's link is the permission",
}
NO_PERMISSION |= {
    "duty.sign_up": "own rows only: the shift is looked up for the person of the actor (queries.looking.one)",
    "duty.join_waiting_list": "own rows only: the shift is looked up for the person of the actor (queries.looking.one)",
}
# Public functions of the actions that read or count and change nothing by themselves.
NO_ACTIONS = {
    "duty.is_being_solved": "a fact about a loaded row",
    "people.next_numbers": "numbers from a sequence, for actions and imports",
    "places.next_keys": "keys from a sequence, for actions and imports",
}
NO_ENTRY = {
    "core.read_message": "reading one's own inbox changes nobody's data",
    "core.read_all_messages": "reading one's own inbox changes nobody's data",
}
NO_ACTOR = {
    "needs.ask_by_code": "a resident has no account; the system account acts for him",
    "needs.resident_says": "a resident has no account; the system account acts for him",
    "incidents.answer_by_link": "the person is known by his link, not by an account",
    "incidents.install_shipped_playbooks": "acts as the system account",
}

Function = ast.FunctionDef


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def python_files(*rooms: str) -> Iterator[Path]:
    for room in rooms or ("",):
        for path in sorted((PRODUCT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PRODUCT.parent).with_suffix("").parts).removesuffix(".__init__")


@cache
def functions_of(app: str) -> dict[str, list[tuple[str, Function]]]:
    """Every function in the actions of an app, by its bare name."""
    found: dict[str, list[tuple[str, Function]]] = {}
    folder = PRODUCT / app / "actions"
    for path in [*folder.rglob("*.py")] if folder.is_dir() else [PRODUCT / app / "actions.py"]:
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append((module_of(path), node))
    return found


APPS = sorted({path.relative_to(PRODUCT).parts[0] for path in python_files() if "actions" in module_of(path)})


def called_from_above() -> dict[str, set[str]]:
    """The names of each app's actions that something above the apps uses, through whatever import."""
    used: dict[str, set[str]] = {app: set() for app in APPS}
    for path in python_files(*CALLERS):
        modules: dict[str, str] = {}
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("redvest."):
                continue
            parts = (node.module or "").split(".")
            app = parts[1]
            if app not in used:
                continue
            for alias in node.names:
                if "actions" in parts:
                    used[app].add(alias.name)
                    modules[alias.asname or alias.name] = app
                elif alias.name == "actions":
                    modules[alias.asname or alias.name] = app
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute):
                base = node.value
                while isinstance(base, ast.Attribute):
                    base = base.value
                if isinstance(base, ast.Name) and base.id in modules:
                    used[modules[base.id]].add(node.attr)
    return used


def actions() -> list[tuple[str, str, Function]]:
    """(app.name, module, function) of every action: a public function of the actions that is called from above."""
    found = []
    for app, names in called_from_above().items():
        for name in sorted(names):
            for module, node in functions_of(app).get(name, []):
                is_action = not name.startswith("_") and not _is_registered(node)
                if is_action and f"{app}.{name}" not in NO_ACTIONS:
                    found.append((f"{app}.{name}", module, node))
    return found


def _is_registered(node: Function) -> bool:
    return any("task" in ast.unparse(decorator) for decorator in node.decorator_list)


def reaches(app: str, node: Function, wanted: tuple[str, ...], seen: frozenset[str] = frozenset()) -> bool:
    """Whether the function, or one of the app's actions it calls, makes one of the wanted calls."""
    for call in (child for child in ast.walk(node) if isinstance(child, ast.Call)):
        text = ast.unparse(call.func)
        if text in wanted:
            return True
        name = text.rsplit(".", 1)[-1]
        if name not in seen:
            for _module, inner in functions_of(app).get(name, []):
                if reaches(app, inner, wanted, seen | {node.name, name}):
                    return True
    return False


ACTIONS = actions()


def test_there_are_actions_to_look_at() -> None:
    assert len(ACTIONS) > 30
    assert {"core.give_role", "core.cancel_job"} <= {name for name, _module, _node in ACTIONS}


@pytest.mark.parametrize(("name", "node"), [pytest.param(name, node, id=name) for name, _module, node in ACTIONS])
def test_an_action_has_the_shape_of_an_action(name: str, node: Function) -> None:
    app = name.split(".")[0]
    decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
    is_atomic = bool(decorators & {"transaction.atomic", "transaction.atomic()"})
    assert is_atomic or "transaction.atomic(" in ast.unparse(node), "is one transaction"
    if name not in NO_ACTOR:
        assert node.args.args[0].arg == "actor", "takes the actor first"
    if name not in NO_PERMISSION:
        wanted = ("access.fetch", "access.require", "access.scope", "access.can", "queries.area_for")
        assert reaches(app, node, (*wanted, "queries.visible_deliveries")), "asks for permission"
    if name not in NO_ENTRY:
        assert reaches(app, node, ("audit.record", "audit.viewed")), "leaves an entry in the trail"


def test_every_exception_is_still_needed() -> None:
    known = {name for name, _module, _node in ACTIONS}
    for table in (NO_PERMISSION, NO_ENTRY, NO_ACTOR):
        assert set(table) <= known, "an exception names an action that is gone"


def test_screens_ask_queries_and_call_actions_and_never_touch_tables() -> None:
    wrong = [
        f"{module_of(path)}:{node.lineno} {ast.unparse(node)}"
        for path in python_files("web")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
    ]
    assert not wrong


def test_nothing_but_the_mechanism_makes_entries_sends_messages_or_bumps_versions() -> None:
    mechanisms = {
        "Entry.objects.create": "audit",
        "Viewed.objects.create": "audit",
        "Delivery.objects.create": "messages",
        "Delivery.objects.bulk_create": "messages",
    }
    wrong = []
    for path in python_files():
        module = module_of(path)
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call):
                text = ast.unparse(node.func)
                for start, owner in mechanisms.items():
                    if text == start and module != f"redvest.core.{owner}":
                        wrong.append(f"{module}:{node.lineno} {text}")
    assert not wrong


def test_whatever_the_worker_runs_is_known_to_the_worker() -> None:
    with_tasks = {
        module_of(path)
        for path in python_files()
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(ast.unparse(one).startswith(("app.task(", "jobs.task(")) for one in node.decorator_list)
    }
    assert with_tasks == set(settings.PROCRASTINATE_IMPORT_PATHS)


def test_no_file_outgrows_its_reader() -> None:
    long = {}
    for path in python_files():
        limit = LONGEST_MODELS if path.name == "models.py" else LONGEST_FILE
        if (number := _lines(path)) > limit:
            long[module_of(path)] = number
    assert not long


def test_no_function_outgrows_a_screen() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                number = (node.end_lineno or node.lineno) - node.lineno + 1
                if number > LONGEST_FUNCTION:
                    long[f"{module_of(path)}.{node.name}"] = number
    assert not long


def test_every_module_says_what_lives_in_it() -> None:
    silent = [module_of(path) for path in python_files() if path.read_text().strip() and not _docstring(path)]
    assert not silent


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _docstring(path: Path) -> str | None:
    return ast.get_docstring(parsed(path))
