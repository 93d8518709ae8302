"""How an authorization response travels: one mode, one file."""
