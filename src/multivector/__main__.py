"""``python -m multivector`` is the command line."""

from multivector.cli import main

main()
