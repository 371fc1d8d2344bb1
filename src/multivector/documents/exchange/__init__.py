"""Exchange: codings and statements as tables, REFI-QDA projects and followthemoney's rows."""
