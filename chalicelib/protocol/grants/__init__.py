"""One grant type, one file: an authenticated access token request in, issued tokens out."""
