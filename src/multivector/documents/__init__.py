"""Documents to coded, cited evidence: files, repaired text, passages, statements, contradictions.

The rooms in the order of a document's way; none imports from a room after it:

* :mod:`text`: files to layers of text: reading bytes, repairs over the raw text, blocks, sentences.
* :mod:`packs`: what a language contributes: rules as data, each with a sentence it fires on.
* :mod:`rules`: mentions (dates, figures, actors, works) and the statements that rules make of them.
* :mod:`contradictions`: statements set against each other, and against what cannot be.
* :mod:`library`: the documents of a study: kept whole, found again, reviewed.
* :mod:`coding`: codebooks, what people code, and what classifiers and models propose to them.
* :mod:`exchange`: codings and statements as other programs read them.
"""
