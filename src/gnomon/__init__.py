"""gnomon finds where network bytes reach an unsafe deserializer, and who can send them."""

__version__ = "0.1.0"
