"""The vocabulary every other layer speaks: frozen values and one error tree."""
