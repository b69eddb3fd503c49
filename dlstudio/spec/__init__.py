"""What was asked: the run spec and the description of a dataset. Pure data, no I/O."""
