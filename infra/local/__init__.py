"""The stack on a laptop: the deployed handlers behind a local gateway, with embedded DynamoDB and KMS."""
