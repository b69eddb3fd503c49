"""What happened: the store, the queue, the supervisor and the launchers."""
