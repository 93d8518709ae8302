"""Edge out to AWS: one store per file, and the signing keys. Implements the ports of the rules."""
