"""Rows or columns that are time steps are joined to sequences, one a row."""
