"""Columns whose cells are sequences, such as the readings of sensors over time."""
