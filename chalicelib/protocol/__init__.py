"""The rules. Pure: no AWS, no framework, no clock, no randomness, no input or output."""
