"""How old what is known of a firm is, and what to bring before the next batch closes."""
