"""Names: states, organisations, and the spells in which something holds."""
