"""Tests of `dlstudio.spec`."""
