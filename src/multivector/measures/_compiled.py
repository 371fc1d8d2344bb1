"""Compilation to machine code, kept apart so that only what samples pays for it.

Importing this module needs the extra ``models``. Compiled code is kept on disk beside the module,
or in the user's cache folder where that cannot be written, so only the first use waits for it.
"""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar, cast

from multivector.errors import MissingExtra

try:
    import numba
    from numba.extending import intrinsic
except ImportError as error:
    raise MissingExtra.of("numba", "models", "sampling ideal points") from error

Function = TypeVar("Function", bound=Callable[..., Any])

# Everything but the assumption that no value is infinite or undefined.
_FAST = {"reassoc", "contract", "arcp", "nsz"}


def compiled(function: Function) -> Function:
    """Compile a function; it runs without the interpreter's lock and is kept on disk."""
    return cast(
        Function,
        numba.njit(fastmath=_FAST, error_model="numpy", nogil=True, cache=True)(function),
    )


def inlined(function: Function) -> Function:
    """Compile a function into each loop that calls it, so that the loop can be vectorised."""
    return cast(
        Function,
        numba.njit(fastmath=_FAST, error_model="numpy", nogil=True, forceinline=True)(function),
    )


def stamp(*modules: ModuleType) -> int:
    """Return a number that changes with the source of the modules.

    Code kept on disk is renewed when the file of the function changes, not when another file it
    calls into does. A function that closes over this number is renewed then too.
    """
    return zlib.crc32("".join(inspect.getsource(module) for module in modules).encode())


def _bit_cast(source: Any, target: Any) -> Callable[..., Any]:
    def typing(_context: Any, _value: Any) -> tuple[Any, Any]:
        def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], context.get_value_type(target))

        return target(source), emit

    return cast("Callable[..., Any]", intrinsic(typing))


float_of_bits = _bit_cast(numba.types.uint64, numba.types.float64)
bits_of_float = _bit_cast(numba.types.float64, numba.types.uint64)
