"""The command ``serve``: the observatory in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from multivector.cli.output import note, open_workspace


def serve(
    host: Annotated[str, typer.Option(help="Address of this machine to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = 8765,
    token: Annotated[
        str | None, typer.Option(help="What every visitor must show; needed beyond this machine.")
    ] = None,
    browse: Annotated[bool, typer.Option("--open", help="Open the first page.")] = False,
) -> None:
    """Serve the observatory: every page of the product in a browser, on 127.0.0.1.

    Ctrl-C ends it. With --study DIR it shows that study, and documents can be added to it.
    """
    from multivector.web import serving

    serving.check(host, token)
    folder = open_workspace().path
    listening = serving.bind(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    note(f"the observatory is at {address}{f'?token={token}' if token else ''} (Ctrl-C ends it)")
    if browse:
        import webbrowser

        webbrowser.open(address)
    with listening:
        serving.run(folder, listening, host, token)
