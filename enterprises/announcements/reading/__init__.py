"""From a document to its lists: the child's side, without a database."""
