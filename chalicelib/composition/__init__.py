"""What several endpoints put together alike out of the edges: authenticator, keys, pages as answers."""
