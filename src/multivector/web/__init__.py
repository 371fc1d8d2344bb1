"""The observatory: the workspace in a browser, on this machine.

A page parses its address, asks the workspace and renders; the same content is HTML, JSON, CSV,
Excel or a picture.
"""
