"""The page of a survey: the overview first, what it is made of folded below it."""
