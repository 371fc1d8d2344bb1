"""The command line: parse, call the workspace, render. No calculation lives here."""

from multivector.cli.app import app, main

__all__ = ["app", "main"]
