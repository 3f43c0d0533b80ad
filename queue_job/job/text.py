"""Converts what jobs raise and return to text that can be stored and logged.

Jobs may raise and return anything: its ``str()`` may fail or be megabytes long, and it
may contain what PostgreSQL refuses (NUL) or UTF-8 cannot encode (lone surrogates).
Every text that a job influences passes here before it is stored or logged, so that the
outcome of a job never depends on its text.
"""

from __future__ import annotations

import functools
import re
import traceback
from io import StringIO
from typing import Any

from odoo.modules.module import Manifest
from odoo.tools.translate import LazyGettext

import odoo.addons

#: Maximum characters of a message, a name, a line.
MOST_OF_LINE = 10_000
#: Path of the code that runs jobs, which appears in their tracebacks.
_ENGINE = "queue_job/engine/"
#: Maximum characters of a traceback, a result, a task.
MOST_OF_TEXT = 1_000_000

#: Upper limit of the length of the note about omitted characters.
_NOTE = 100

_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')


def storable(text: str, most: int = MOST_OF_LINE) -> str:
    """Return ``text`` with ``\\x00`` and lone surrogates escaped, and its middle
    omitted if it has more than ``most`` characters."""
    if len(text) > most:
        # not longer than that with its note: it may pass here again
        half = (most - _NOTE) // 2
        left_out = f"\n[... {len(text) - 2 * half} characters omitted ...]\n"
        text = f"{text[:half]}{left_out}{text[-half:]}"
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("\x00", "\\x00")


def text_of(value: Any, most: int = MOST_OF_LINE, lang: str | None = None) -> str:
    """Return ``str(value)`` so that it can be stored; lazy translations in ``lang``."""
    if isinstance(value, BaseException) and _is_lazy(arg := _first_arg(value)):
        value = arg
    if _is_lazy(value):
        return storable(_made_by(lambda lazy: lazy._translate(lang or "en_US"), value))
    return storable(_made_by(str, value), most)


def _is_lazy(value) -> bool:
    return isinstance(value, LazyGettext)


def _first_arg(error: BaseException):
    """Return the first argument of an error, the error itself if it has none."""
    try:
        return error.args[0]
    except BaseException:  # pylint: disable=broad-exception-caught
        return error


def repr_of(value: Any) -> str:
    """Return ``repr(value)`` so that it can be stored."""
    return storable(_made_by(repr, value), MOST_OF_TEXT)


def _made_by(make, value) -> str:
    # catches whatever it raises, also what would end the process
    try:
        return str.__str__(make(value))
    except BaseException as error:  # pylint: disable=broad-exception-caught
        kind, raised = _class_name(type(value)), _class_name(type(error))
        return f"<{kind}: conversion to text raised {raised}>"


def _class_name(kind: type) -> str:
    # bypasses a metaclass
    return type.__dict__["__name__"].__get__(kind)


def is_true(value: Any) -> bool:
    """Return ``bool(value)``, True if that raises."""
    try:
        return bool(value)
    except BaseException:  # pylint: disable=broad-exception-caught
        return True


def result_text(result: Any, lang: str | None = None) -> str | None:
    """Return the text to store for a job's result, None if there is none."""
    return text_of(result, MOST_OF_TEXT, lang) if is_true(result) else None


def traceback_text(error: BaseException) -> str:
    """Return the traceback of an error, so that it can be stored."""
    buffer = StringIO()
    try:
        traceback.print_exception(error, file=buffer)
    except BaseException as problem:  # pylint: disable=broad-exception-caught
        # such as a SyntaxError with odd attributes: the frames can still be printed
        buffer = StringIO("Traceback (most recent call last):\n")
        buffer.seek(0, 2)
        traceback.print_tb(error.__traceback__, file=buffer)
        error_text = _made_by(str, error)
        buffer.write(
            f"{name_of(error)}: {error_text} (printing: {type(problem).__name__})"
        )
    return storable(buffer.getvalue(), MOST_OF_TEXT)


def name_of(error: BaseException) -> str:
    """Return the class name of an error, with its module unless it is built in."""
    kind = type(error)
    name, module = _class_name(kind), type.__dict__["__module__"].__get__(kind)
    if isinstance(module, str) and module != "builtins":
        name = f"{module}.{name}"
    return storable(name)


def message_of(error: BaseException, lang: str | None = None) -> str:
    """Return the message of an error: its first argument, else its text."""
    message = _first_arg(error)
    if isinstance(error, UnicodeError) or isinstance(message, int):
        # the first argument is a codec, an errno, an exit code
        message = error
    return "" if message is None else text_of(message, lang=lang)


def place_of_error(traceback_: str) -> str | None:
    """Return the innermost line of addon code in a traceback, neither Odoo's own nor
    that of the engine; without one, the innermost line of any addon, or of any code.

    :return: text such as ``connector/components/mapper.py:12 in map``
    """
    frames = _FRAME.findall(traceback_)
    if not frames:
        return None
    in_addons = [frame for frame in frames if "/addons/" in frame[0]]
    known = [frame for frame in frames if _path_in_addons(frame[0])]
    path, line, function = (known or in_addons or frames)[-1]
    path = _path_in_addons(path) or path.rpartition("/addons/")[2]
    return f"{path}:{line} in {function}"


def _path_in_addons(path: str) -> str | None:
    """Return the path of a file within its addons folder, whatever its name; None for
    a file of Odoo itself, of the engine, or outside of the loaded addons.
    """
    # one folder may be within another
    for folder in sorted(odoo.addons.__path__, key=len, reverse=True):
        if path.startswith(f"{folder}/"):
            path = path.removeprefix(f"{folder}/")
            if path.startswith(_ENGINE) or _is_of_odoo(path.partition("/")[0]):
                return None
            return path
    return None


@functools.lru_cache(maxsize=256)
def _is_of_odoo(addon: str) -> bool:
    manifest = Manifest.for_addon(addon, display_warning=False)
    return manifest is None or manifest["author"] == "Odoo S.A."
