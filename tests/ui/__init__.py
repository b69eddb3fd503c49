"""The pages, routes and panels of the studio."""
