"""What a person may set of each architecture; one file each, registered in `table`."""
