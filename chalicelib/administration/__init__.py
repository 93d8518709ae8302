"""Administering a tenant: what operators do to clients, resource servers and people. Rules, pure as well."""
