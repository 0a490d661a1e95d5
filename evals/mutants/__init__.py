"""True sentences of any base made false, or said in other words: what the claims checker is measured with, and shares no code with it."""
