"""Coding: codebooks, people's decisions, and what classifiers and models propose to people.

Nothing that a program proposes counts before a person decides on it.
"""
