"""The page: one HTML file that people send to each other."""
