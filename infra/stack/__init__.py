"""The stack as it is deployed: the built zip under AWS's own Lambda runtime, each function as its role."""
