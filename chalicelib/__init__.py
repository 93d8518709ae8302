"""Keyturn: a serverless OAuth 2.1 / OAuth 2.0 authorization server and OpenID Provider."""
