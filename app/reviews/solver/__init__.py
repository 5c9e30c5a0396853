"""Who reviews which case: an exact solver over numbers, without Flask and without a database."""
