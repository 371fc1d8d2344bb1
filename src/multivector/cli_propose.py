"""The command ``documents propose``: ask, tell what came of it, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multivector.documents.coding.proposing import Tally, Told


def run(
    docs: list[str] | None,
    price: float | None,
    price_out: float | None,
    max_cost: float | None,
    timeout: float,
) -> None:
    """Ask the model of the environment about documents of the study."""
    from multivector.cli import note, open_workspace
    from multivector.documents.coding.endpoint import Endpoint
    from multivector.documents.coding.proposing import Price, Tally, propose
    from multivector.documents.library.archive import Library
    from multivector.errors import BadValue
    from multivector.study.judgements import Judgements

    endpoint = Endpoint.from_environment(timeout=timeout)
    if price is None and price_out is not None:
        raise BadValue(
            f"--price-out {price_out:g} stands alone; expected the price of what is sent too; "
            "add --price"
        )
    folder = open_workspace().store.folder
    library = Library(folder, Judgements.of(folder))
    paid = None if price is None else Price(price, price if price_out is None else price_out)
    tally = Tally()
    note(f"passages go to {endpoint.address}, model {endpoint.model}")
    try:
        propose(
            library, endpoint, docs=docs, price=paid, max_cost=max_cost, told=_tell, tally=tally
        )
    finally:
        _sum_up(tally)
    if tally.failed:
        from multivector.documents.coding.endpoint import ModelError

        raise ModelError(
            f"{tally.failed} questions had no usable answer; expected one for each; the reasons "
            "are above, what was answered is stored: run the command again for the rest"
        )


def _tell(told: Told) -> None:
    from multivector.cli import note

    if told.status == "failed":
        note(f"failed: {told.message}")
    for line in told.refused:
        note(line)


def _sum_up(tally: Tally) -> None:
    from multivector.cli import note, say

    if tally.stopped:
        note(f"ended early: {tally.stopped}")
    say(
        f"blocks: {tally.asked} asked, {tally.stored} answered before, {tally.failed} failed\n"
        f"proposals: {tally.proposed} wait for review, {tally.refused} refused"
    )
    cost = "unknown (no --price)" if tally.cost is None else f"{tally.cost:.6g}"
    guessed = f", not counted by the endpoint for {tally.uncounted}" if tally.uncounted else ""
    say(f"tokens: {tally.sent:,} sent, {tally.received:,} received{guessed}; cost: {cost}")
