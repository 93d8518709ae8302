"""Why no artefact was built."""


class BuildError(Exception):
    """One line for whoever runs the build: what is wrong, and the way out."""
