"""The server after its imports were swapped: the same messages, without pickle, from whoever has the key."""
