"""The tests of multivector."""

PATIENCE = 600.0
"""Seconds after which a wait is a hang: no verdict may depend on how busy a machine is."""
