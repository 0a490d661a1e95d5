"""Tests of what is shipped to run the product elsewhere."""
