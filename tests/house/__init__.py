"""The rules of the house, held by tests: layout, imports, dependencies, documents."""
