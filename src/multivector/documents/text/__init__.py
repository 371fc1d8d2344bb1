"""Files to layers of text: bytes to raw text, repairs laid over it, blocks, sentences, words.

The raw text is never changed: a repair is an edit in a :class:`layers.Layer`, so that every span of
the repaired text leads back to the characters that stand in the document.
"""
