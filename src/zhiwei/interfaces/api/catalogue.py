"""Every code that a refusal can have: read from where it is raised, so that the list cannot be behind."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import zhiwei
from zhiwei.interfaces.api import problems
from zhiwei.values import trouble

KINDS = {
    name: kind
    for module in (problems, trouble)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, trouble.Refusal)
}
_OWN = {  # raised by no refusal: the framework's, and what nobody foresaw
    "not_json": (400, "the body is no JSON"), "no_such_address": (404, "there is no such route"),
    "no_such_method": (405, "the route has no such method"), "body_too_large": (413, "the body has too many bytes"),
    "wrong_media": (415, "the body is of another media type"),
    "bad_request_body": (422, "the request does not fit its schema"), "breach": (500, "an invariant does not hold"),
    "unforeseen": (500, "something went wrong on our side"), "outage": (503, "something outside does not answer"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """`chapters`: where it is raised; `words`: the messages, with … where something of the case stands.

    More than one status where what is not there is sometimes asked for and sometimes only named.
    """

    code: str
    statuses: tuple[int, ...]
    chapters: tuple[str, ...]
    words: tuple[str, ...]


@cache
def catalogue() -> dict[str, Known]:
    """By code."""
    found: dict[str, list[tuple[int, str, str]]] = {
        code: [(status, "interfaces", words)] for code, (status, words) in _OWN.items()
    }
    root = Path(zhiwei.__file__).parent
    for path in sorted(root.rglob("*.py")):
        chapter = path.relative_to(root).parts[0].removesuffix(".py")
        for code, status, words in _raised(ast.parse(path.read_text("utf-8"))):
            found.setdefault(code, []).append((status, chapter, words))
    return {
        code: Known(
            code,
            tuple(sorted({status for status, _, _ in those})),
            tuple(sorted({chapter for _, chapter, _ in those})),
            tuple(dict.fromkeys(words for _, _, words in those if words)),
        )
        for code, those in sorted(found.items())
    }


def _raised(tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    """(code, status, message) of each refusal made with a code that is written there."""
    own = {
        node.name: status
        for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
        for item in node.body if isinstance(item, ast.Assign) and _named(item.targets[0]) == "status"
        if isinstance(item.value, ast.Constant) and isinstance(status := item.value.value, int)
    }  # fmt: skip
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name, code = _named(node.func), node.args[0].value
        kind = KINDS.get(name)
        if (kind or name in own) and isinstance(code, str) and code.replace("_", "").isalnum():
            words = _words(node.args[1]) if len(node.args) > 1 else ""
            yield code, own.get(name) or (kind.status if kind else 409), words


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _words(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    return ""


def page() -> str:
    """docs/reference/problems.md."""
    rows = [
        f"| `{one.code}` | {' '.join(map(str, one.statuses))} | {', '.join(one.chapters)} | {_cell(one.words)} |"
        for one in catalogue().values()
    ]
    return "\n".join([
        "# Problems 问题代码", "",
        "What cannot be done, by its stable code: the `code` of a problem of the API (RFC 9457), and what the command",
        "line prints before the colon. 422: understood and wrong; 409: not possible as things stand; 404: not",
        "there for who asks; 403: not allowed; 401: not proved. `zhiwei problems --page` makes this page.", "",
        "| code | status | raised in | words |", "|---|---|---|---|", *rows, "",
    ])  # fmt: skip


def _cell(words: tuple[str, ...]) -> str:
    shown = words[0] if words else ""
    return shown.replace("|", "\\|").replace("\n", " ")[:160]
