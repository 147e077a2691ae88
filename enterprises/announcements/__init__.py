"""Official lists: what the city and the ministries announce, matched with the registry."""
