"""An airline to try things with: its own people, its own tables, a gateway that can be told to misbehave."""
