"""Brings guard into each Python process of a command's tree, and leaves nothing behind."""
