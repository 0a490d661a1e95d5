"""HOW GOOD IS IT? Cases, runs, scores, reports and benchmarks."""
