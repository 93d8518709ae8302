"""Why a command did not do what was asked."""


class CommandRefused(Exception):
    """For whoever runs it: what is wrong, and the way out."""
