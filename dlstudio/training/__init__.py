"""From prepared rows and a model to trained weights."""
