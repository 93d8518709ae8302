"""What every kind of request costs: calls to AWS beside their budget, CPU time, time to import."""
