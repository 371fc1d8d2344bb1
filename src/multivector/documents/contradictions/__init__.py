"""Contradictions: what in the documents cannot all be so, within one and between several.

A contradiction shows the passages that stand against each other and what may explain them; which
of them is right is for a person to say.
"""
