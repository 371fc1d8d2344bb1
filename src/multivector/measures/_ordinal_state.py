"""The state of a run: what to save, and what to go on from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import BadValue, MultivectorError, UnreadableFile
from multivector.measures._ordinal_arrays import Floats, Values

_FORMAT = 1
_LABELS = {"state": np.str_, "session": np.int64, "actor": np.str_, "n": np.int64}


class Interrupted(MultivectorError):
    """Raised when sampling is stopped by the user; ``state`` holds what was done."""

    def __init__(self, message: str, state: State) -> None:
        super().__init__(message)
        self.state = state


@dataclass(frozen=True)
class Plan:
    """How long to run and how: the options that decide the numbers, besides the data."""

    joint: bool
    burn: int
    keep: int
    thin: int
    chains: int
    seed: int
    scaled: bool = True

    @property
    def total(self) -> int:
        """Return the sweeps of one chain."""
        return self.burn + self.keep

    @property
    def tuned(self) -> int:
        """Return how many sweeps of the burn-in tune the steps of the cut points."""
        return self.burn if self.joint else self.burn * 3 // 5

    @property
    def stored(self) -> int:
        """Return how many draws of each position one chain stores."""
        return self.keep // self.thin

    def __post_init__(self) -> None:
        for name, least in (("burn", 0), ("keep", 1), ("thin", 1), ("chains", 1), ("seed", 0)):
            value = getattr(self, name)
            if value < least:
                shown = "sweeps" if name == "keep" else name
                raise BadValue(
                    f"{shown} is {value}; expected a whole number of {least} or more; correct it"
                )
        if self.stored < 2:
            raise BadValue(
                f"sweeps={self.keep} with thin={self.thin} stores {self.stored} draws; "
                "expected at least 2; raise sweeps or lower thin"
            )


@dataclass
class Chain:
    """One chain: the sampler's values, how far it is, what it has stored."""

    number: int
    key: np.uint64
    values: Values
    draws: npt.NDArray[np.float32]
    totals: Floats
    done: int = 0


@dataclass
class State:
    """Everything needed to go on: the plan, the data's fingerprint and labels, the chains.

    ``positions`` has ``state, session, actor, n`` in the order of the arrays, ``items`` the roll
    calls' identifiers.
    """

    plan: Plan
    fingerprint: str
    positions: pl.DataFrame
    items: list[str]
    chains: list[Chain]

    @property
    def done(self) -> int:
        """Return how many sweeps every chain has made."""
        return min(chain.done for chain in self.chains)

    @property
    def complete(self) -> int:
        """Return how many draws every chain has stored."""
        return max(0, (self.done - self.plan.burn) // self.plan.thin)

    def save(self, path: str | Path) -> None:
        """Write the state to ``path`` as .npz, whole or not at all."""
        arrays: dict[str, Any] = {
            "format": np.int64(_FORMAT),
            "plan": np.array(
                [getattr(self.plan, name) for name in self.plan.__dataclass_fields__], np.int64
            ),
            "fingerprint": np.array(self.fingerprint),
            "items": np.array(self.items, dtype=np.str_),
        }
        for column in _LABELS:
            arrays[f"position_{column}"] = self.positions[column].to_numpy().astype(_LABELS[column])
        for chain in self.chains:
            prefix = f"chain{chain.number}_"
            arrays[prefix + "done"] = np.int64(chain.done)
            arrays[prefix + "key"] = np.uint64(chain.key)
            arrays[prefix + "draws"] = chain.draws[: self.complete]
            arrays[prefix + "totals"] = chain.totals
            for name, value in chain.values._asdict().items():
                arrays[prefix + name] = value
        target = Path(path)
        partial = target.with_name(target.name + ".part")
        with partial.open("wb") as file:
            np.savez_compressed(file, **arrays)
        os.replace(partial, target)

    @classmethod
    def load(cls, path: str | Path) -> State:
        """Read a state written by :meth:`save`.

        Raises
        ------
        UnreadableFile
            If the file is not such a state, or of another version.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            if int(arrays["format"]) != _FORMAT:
                raise ValueError("another version")  # noqa: TRY301
            numbers = [int(x) for x in arrays["plan"]]
            joint, burn, keep, thin, count, seed, scaled = numbers
            plan = Plan(bool(joint), burn, keep, thin, count, seed, bool(scaled))
            chains = [_stored_chain(arrays, number, plan) for number in range(plan.chains)]
            labels = pl.DataFrame({name: arrays[f"position_{name}"].tolist() for name in _LABELS})
            items = [str(item) for item in arrays["items"]]
            return cls(plan, str(arrays["fingerprint"]), labels, items, chains)
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise UnreadableFile(
                f"{Path(path).name} is no stored state of the sampler ({error}); "
                "expected a file written by the same version; delete it to start afresh"
            ) from error


def _stored_chain(arrays: dict[str, Any], number: int, plan: Plan) -> Chain:
    prefix = f"chain{number}_"
    values = Values(*(np.ascontiguousarray(arrays[prefix + name]) for name in Values._fields))
    kept = arrays[prefix + "draws"]
    draws = np.zeros((plan.stored, kept.shape[1]), np.float32)
    draws[: len(kept)] = kept
    return Chain(
        number,
        np.uint64(arrays[prefix + "key"]),
        values,
        draws,
        arrays[prefix + "totals"],
        int(arrays[prefix + "done"]),
    )
