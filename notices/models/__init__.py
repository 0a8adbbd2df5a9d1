"""Announcements, their audiences, the channels and the deliveries everybody sends through."""
