"""People's accounts: passwords, sessions, locks, and who came, moved and left."""
