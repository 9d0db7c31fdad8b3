"""Each step of a learner makes a new standing of the old one."""

from gnomon.learn.progress import Progress, Standing, attempted, begun, hinted, shown_solution


def test_time_counts_from_the_first_look_to_the_solution():
    """Looking again does not begin anew, and what comes after the solution changes nothing."""
    standing = begun(begun(Standing(), 100), 150)
    standing = attempted(standing, 160, solved=False)
    standing = attempted(hinted(standing, 2), 190, solved=True)

    assert standing == Standing(begun=100, attempts=2, hints=2, done=True, seconds=90)
    assert attempted(standing, 500, solved=False) == standing
    assert hinted(standing, 2) == standing
    assert shown_solution(standing) == standing


def test_hints_that_are_read_after_the_solution_are_kept_apart():
    """They go on where they were, and the record of what helped stays."""
    solved = attempted(hinted(Standing(), 1), 5, solved=True)

    later = hinted(hinted(solved, 2), 3)

    assert (later.hints, later.hints_read) == (1, 3)
    assert hinted(later, 3) == later


def test_a_solution_that_was_read_first_is_remembered():
    """Also if it is solved then."""
    assert attempted(shown_solution(begun(Standing(), 5)), 5, solved=True).solution_seen


def test_an_exercise_that_was_never_begun_has_a_standing():
    """And one that was is kept beside the others."""
    progress = Progress().with_("a", Standing(begun=1)).with_("b", Standing(begun=2))

    assert progress.of("c") == Standing()
    assert progress.of("a").begun == 1
