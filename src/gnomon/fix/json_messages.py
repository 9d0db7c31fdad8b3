"""Text of a module that sends messages as JSON, by the standard library alone."""

SUMMARY = "Messages as JSON: what arrives is data of these types, or refused."
