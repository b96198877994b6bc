"""What this app lays on a moderator's desk (moderation.desk); importing a module registers its kinds."""
