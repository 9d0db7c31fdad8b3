"""Copies of known-flawed code, and their lineage; pure: texts and signatures in, values out."""
