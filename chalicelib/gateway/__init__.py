"""Edge in: API Gateway events to requests, responses and exceptions to HTTP."""
