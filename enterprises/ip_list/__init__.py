"""All rights of the firms that a person may see: page, file, API."""
