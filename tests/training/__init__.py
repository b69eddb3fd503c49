"""Tests of `dlstudio.training`."""
