"""How the values of a column become numbers for the network; one file a column kind."""
