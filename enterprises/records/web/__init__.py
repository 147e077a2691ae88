"""Pages of the registers: all kinds, one list, one record, loading a file."""
