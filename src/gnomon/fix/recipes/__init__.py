"""One file a way to change code: each offers a change of a channel, or says why it has none."""
