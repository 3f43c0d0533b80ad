"""Messages of mistakes in declarations: what is wrong, where, and the nearest name.

Developers read them, so they are not translated.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Collection
from difflib import get_close_matches

#: The wrong text of a declaration, and why it is wrong.
Mistake = tuple[str, str]


class DeclarationError(TypeError):
    """Declarations of a connector name something that does not exist."""


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """Return the message of an unknown name, with the nearest one."""
    nearest = get_close_matches(name, list(known), n=1)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    return f"there is no {what} named {name!r}.{hint}"


def mistake_in(cls: type, attribute: str, token: str, why: str) -> str:
    """Return the message of a mistake, with the place of a declaration.

    :param attribute: name of the attribute, or method, of ``cls`` that is wrong
    :param token: the wrong text in it
    """
    for definition in cls.__mro__:
        if attribute in vars(definition) and getattr(definition, "pool", None) is None:
            place = _place(definition, attribute, token)
            return f"{place}{definition.__name__}.{attribute}: {why}"
    return f"{cls.__name__}.{attribute}: {why}"


def _place(definition: type, attribute: str, token: str) -> str:
    """Return file and line, nothing for a class that no file contains."""
    try:
        line = _line(definition, attribute, token)
        return f"{inspect.getsourcefile(definition)}:{line}: "
    except OSError:
        return ""


def _line(definition: type, attribute: str, token: str) -> int:
    """Return the line of a text in a declaration, else that of the declaration."""
    lines, first = inspect.getsourcelines(definition)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    for node in ast.walk(tree):
        names = [getattr(one, "id", None) for one in getattr(node, "targets", ())]
        names += [getattr(getattr(node, "target", None), "id", None)]
        names += [getattr(node, "name", None)]
        if attribute in names:
            found = (
                one.lineno
                for one in ast.walk(node)
                if isinstance(one, ast.Constant) and one.value == token
            )
            return first - 1 + next(found, node.lineno)
    return first
