"""Prose of lessons is read into blocks and words, which hold text and never markup."""

from gnomon.render.prose import Block, Span, blocks, spans


def test_prose_consists_of_paragraphs_items_and_code():
    """Lines are joined within a paragraph or an item; code keeps its lines, blank ones at its edges aside."""
    prose = "One\ntwo.\n\n- an item\n  goes on\n- another\n1. first\n\n"
    code = "    indented\n      code\n\n```python\nfenced\n\n- code\n```\nend"

    assert list(blocks(prose + code)) == [
        Block(lines=("One", "two.")),
        Block(lines=("an item", "goes on"), mark="-"),
        Block(lines=("another",), mark="-"),
        Block(lines=("first",), mark="1."),
        Block(lines=("indented", "  code"), code=True),
        Block(lines=("fenced", "", "- code"), code=True),
        Block(lines=("end",)),
    ]


def test_words_are_code_strong_or_a_link():
    """All else is text as it stands, what looks like HTML too."""
    assert list(spans("Use `<b>` **now**: [here](https://a.example) <i>*_")) == [
        Span(text="Use "),
        Span(text="<b>", code=True),
        Span(text=" "),
        Span(text="now", strong=True),
        Span(text=": "),
        Span(text="here", link="https://a.example"),
        Span(text=" <i>*_"),
    ]
