"""Documents to coded, cited evidence: files, repaired text, passages, statements, contradictions.

The way of a document: :mod:`ingest` reads bytes, :mod:`repair` lays repairs over the raw text,
:mod:`segment` finds blocks and sentences, :mod:`dates`, :mod:`quantities` and :mod:`actors` find
mentions, :mod:`statements` makes coded statements of them by the rules of the language packs, and
:mod:`conflicts` sets statements against each other. :mod:`library` keeps all of it in a study.
"""
