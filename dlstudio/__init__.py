"""DL Studio: upload data, design a network, train it, understand the result."""
