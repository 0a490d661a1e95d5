"""OUR doors over HTTP: who calls, what they may see, and the shapes they get."""
