"""The exposure map: sockets by who can reach them and what authenticates them, first as values, then as a picture."""
