"""The study: what the package and a folder hold, and the questions asked of it."""
