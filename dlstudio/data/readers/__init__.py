"""One file a format: each turns a file into a stage of columns as text or typed values."""
