"""How the installation itself stands: backups, checks, seals, background work, disks."""
