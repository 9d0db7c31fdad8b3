"""Answers to exercises, judged by what the scanner and a check say of them; and how far somebody has got."""
