"""Content: what a brief, a page and a report are made of, and the inquiry that makes it."""
