"""How each kind of column becomes features: one file a column kind."""
