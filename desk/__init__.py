"""THE CONVERSATION and the two people: what is said, what is kept of it, and the tickets they work through."""
