"""How each architecture becomes Keras layers: one file each, registered in `table`."""
