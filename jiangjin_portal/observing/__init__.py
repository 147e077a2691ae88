"""What the portal tells those who run it: a line for each request, and numbers for Prometheus."""
