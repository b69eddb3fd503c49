"""From predictions to metrics and reports."""
