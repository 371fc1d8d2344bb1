"""Rules: what a sentence mentions, and the coded statements made of it, each with its rule.

:mod:`reading` finds the mentions of a document once; each kind of statement has a module that reads
them. What depends on a language stands in :mod:`multivector.documents.packs`, not here.
"""
