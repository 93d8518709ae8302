"""The command line for those who run a tenant: clients, resource servers, people, export and import."""
