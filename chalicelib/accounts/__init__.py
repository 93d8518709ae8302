"""The people: users, passwords, sessions and consents. Records and rules, pure as well."""
