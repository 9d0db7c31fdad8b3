"""Facts about files that say how programs are started; no opinion about security."""
