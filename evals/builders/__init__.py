"""Public data made into documents and questions whose answers, or the lack of one, are known by construction."""
