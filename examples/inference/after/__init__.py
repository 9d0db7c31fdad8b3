"""The server after the whole way: typed messages, keys from a folder, token ids and tensors without copies."""
