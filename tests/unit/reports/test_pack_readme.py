from govreg.reports.pack_readme import leaves_out, opening
from govreg.reports.sheet import Points, Prose

README = """\
# gdpr

The law as rules,
in two lines.

**Not** advice.

## What it covers

| part | rules |
|---|---|

## What it leaves out, and why

Some things:

- One - with a dash
  over two lines.
- Two `code`.

## How sure it is

Not very.
"""


def test_the_opening_ends_at_the_first_heading():
    assert opening(README) == (
        Prose(text="The law as rules, in two lines."),
        Prose(text="Not advice."),
    )


def test_what_is_left_out_is_its_own_section():
    assert leaves_out(README) == (
        Prose(text="Some things:"),
        Points(items=("One - with a dash over two lines.", "Two `code`.")),
    )


def test_a_readme_that_says_nothing_gives_nothing():
    assert opening("") == leaves_out("") == ()
    assert leaves_out("# x\n\n## Left\n\ny\n") == ()
