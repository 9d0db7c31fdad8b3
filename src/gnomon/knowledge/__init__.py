"""What gnomon knows about libraries and flaws, as data files and the loader that checks them."""
