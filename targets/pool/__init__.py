"""The reserve pool at work: who is in it, what is due, what is proposed, who was certified out of it."""
