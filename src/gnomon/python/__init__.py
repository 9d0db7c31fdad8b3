"""Facts about Python source, with no opinion about security."""
