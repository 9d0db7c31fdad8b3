"""What payload recipes share: how a load or dump is written anew, and where else its bytes and errors go."""
