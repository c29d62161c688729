"""What every part says and needs."""

import importlib
import sys


class Stop(Exception):
    """An expected failure, told in one sentence."""


def need(module, package=None):
    """Imports what only some models need."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        missing = package or module.split(".")[0]
        raise Stop(f"this needs the package {missing}: pip install {missing} ({first_line(error)})") from error


def say(text):
    print(text, file=sys.stderr)


def first_line(error):
    """What an error says in one line; of a long one the beginning, and the end, where runtimes say what they mean."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return line if len(line) <= 300 else f"{line[:80]} … {line[-220:]}"


def few(names):
    return ", ".join(map(str, list(names)[:8])) + (", …" if len(names) > 8 else "")


def text_of(value):
    """A level, id or class as text: whole numbers without a point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def kind_of(thing):
    return type(thing).__name__


def is_gap(value):
    """None, NaN, NaT, pandas' NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value
