"""The documents of a study: bytes kept by their hash, what was coded in them, search.

A document is added whole or not at all, and one that cannot be read ends no run.
"""
