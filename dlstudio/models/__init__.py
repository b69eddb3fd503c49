"""From a spec to a Keras model."""
