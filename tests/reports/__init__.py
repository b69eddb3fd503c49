"""Tests of `dlstudio.reports`."""
