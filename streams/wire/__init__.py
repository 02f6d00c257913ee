"""What web and worker say to each other, and to browsers."""
