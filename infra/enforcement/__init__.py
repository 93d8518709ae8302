"""AWS as a stack's functions meet it: nothing is done that the caller's role does not allow."""
