"""Pages about accounts: one's own, and for administrators everybody's."""
