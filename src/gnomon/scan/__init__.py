"""From a sink back to the socket: findings of unsafe deserialization with their flow, endpoint and authentication."""
