"""What runs without a request of anybody's: one file is one Lambda, called by AWS, on no route."""
