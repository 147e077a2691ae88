"""The auditor's pages: the security log, and the seals that are kept elsewhere."""
