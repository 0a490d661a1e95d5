"""The command, and the server process: the only room that opens doors."""
