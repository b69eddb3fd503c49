"""The worker process: the one place that joins training to runs."""
