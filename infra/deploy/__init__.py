"""Deploying, upgrading, removing and adopting a tenant's stack."""
