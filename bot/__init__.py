"""ONE TURN, from a message to a reply: `turn.py` is the line, each step is in a file of its name."""
