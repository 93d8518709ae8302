"""What the tests work with: the stack, a browser, a tenant's records, and ways to break things."""
