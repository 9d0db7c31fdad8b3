"""The world into values: folders, files, archives and releases become a `Tree` of named bytes."""
