"""Any upload becomes a typed table: readers, schema, profile, quality checks, splits."""
