"""The stack: its template, its artefact, and its copy on a laptop. Nothing of it is deployed."""
