"""Edge out to the web: the one place that fetches what a client names."""
