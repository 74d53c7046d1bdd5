"""What an analysis of stability found, and why, in words."""
