"""A small API protected by access tokens, to start your own from."""
