"""Folders and archives of many files: what their places say, and one table of them."""
