"""Why nothing was deployed, or not all of it."""


class DeployError(Exception):
    """For whoever runs the command: what is wrong, what became of the stack, and the way out."""
