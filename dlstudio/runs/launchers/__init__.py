"""Launchers: the ways to start a worker process on a machine or a cluster."""
