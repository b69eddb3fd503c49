"""Files in which a trained model leaves the studio."""
