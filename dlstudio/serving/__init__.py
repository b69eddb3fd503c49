"""Applications that answer requests with a trained model."""
