"""Tests of preprocessing, networks and saved models."""
