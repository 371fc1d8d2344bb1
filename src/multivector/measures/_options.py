"""Options that travel together: a type from which signatures and documentation are made.

A measure that takes ``**which: Unpack[RollcallOptions]`` has every option of that type as if it
were written out: in `help`, in the catalogue, on the command line and in the form. Each option is
declared once with its type and default and documented once in the type's docstring.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Required, TypeVar, Unpack

from multivector.errors import BadValue, choices
from multivector.measures import docstrings

__all__ = ["Default", "described", "given", "require", "with_options"]

T = TypeVar("T", bound=Mapping[str, object])
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Default:
    """The value an option has where it is not given; an option without one is required."""

    value: Any


@cache
def _declared(kind: type[Any]) -> dict[str, inspect.Parameter]:
    """Return the options of a type as keyword-only parameters."""
    found = {}
    for name, said in typing.get_type_hints(kind, include_extras=True).items():
        hint = typing.get_args(said)[0] if typing.get_origin(said) is Required else said
        default, annotation = inspect.Parameter.empty, hint
        if typing.get_origin(hint) is Annotated:
            metadata = [m for m in hint.__metadata__ if isinstance(m, Default)]
            if metadata:
                default, annotation = metadata[0].value, hint.__origin__
        how = inspect.Parameter.KEYWORD_ONLY
        found[name] = inspect.Parameter(name, how, default=default, annotation=annotation)
    return found


def given(kind: type[T], which: T) -> T:
    """Return options with the defaults of those that were not given.

    Raises
    ------
    TypeError
        If an option is not of the type, or one without a default is missing: as Python does.
    """
    declared = _declared(kind)
    for name in which:
        if name not in declared:
            raise TypeError(f"got an unexpected keyword argument {name!r}")
    found = {name: which.get(name, option.default) for name, option in declared.items()}
    for name, value in found.items():
        if value is inspect.Parameter.empty:
            raise TypeError(f"missing a required keyword-only argument: {name!r}")
    return typing.cast("T", found)


def described(kind: type[Any], *parts: type[Any]) -> None:
    """Give a type that joins others the documentation of all of them."""
    text = ""
    for part in parts:
        text = docstrings.completed(text, docstrings.of(part))
    kind.__doc__ = text


def require(option: str, value: object, allowed: Iterable[object]) -> None:
    """Raise `BadValue` unless an option's value is one of those allowed."""
    known = tuple(allowed)
    if value not in known:
        raise BadValue(
            f"the option {option} is {value!r}; expected one of {choices(known, 15)}; "
            "choose one of these"
        )


def with_options(function: F) -> F:
    """Spell out in a function's signature and docstring the options of its ``**`` parameter."""
    signature = inspect.signature(function, eval_str=True)
    *named, which = signature.parameters.values()
    if typing.get_origin(which.annotation) is not Unpack:
        raise TypeError(f"{function.__name__} takes no **options: Unpack[…]; give it some")
    (kind,) = typing.get_args(which.annotation)
    parameters = [*named, *_declared(kind).values()]
    names = [parameter.name for parameter in parameters]
    tables = [p.name for p in named if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    function.__doc__ = docstrings.completed(
        docstrings.of(function), docstrings.of(kind), names, tables
    )
    spelled = signature.replace(parameters=parameters)
    function.__signature__ = spelled  # type: ignore[attr-defined]
    return function
