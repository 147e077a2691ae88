"""Files from outside before they are kept: what would run when somebody opens them, and viruses."""
