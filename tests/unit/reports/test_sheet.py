import re

import pytest

from govreg.reports.sheet import Grid, Points, Prose, Section, Sheet, as_markdown, as_page

SHEET = Sheet(
    title="A <title>",
    above="above",
    blocks=(Prose(text="about `a.b_c` | and <b>"), Points(items=("one", "`two`"))),
    sections=(
        Section(
            title="First",
            blocks=(Grid(head=("A", "B"), rows=((("x", "`y.z`"), ()), (("p|q",), ("1", "2")))),),
            parts=(Section(title="Below", blocks=(Prose(text="end 2026-01-02."),)),),
        ),
    ),
    link=("Read on", "../x.md"),
    made_by="Made by `a command`",
)


def test_markdown_has_headings_lists_tables_and_the_link():
    assert as_markdown(SHEET) == (
        "<!-- Made by `a command` -->\n\n# A \\<title\\>\n\n"
        "about `a.b_c` \\| and \\<b\\>\n\n- one\n- `two`\n\n[Read on](../x.md)\n\n"
        "## First\n\n| A | B |\n|---|---|\n| x<br>`y.z` | – |\n| p\\|q | 1<br>2 |\n\n"
        "### Below\n\nend 2026-01-02.\n"
    )


def test_the_page_holds_the_same_escaped_and_without_a_script():
    page = as_page(SHEET)
    assert "<h1>A &lt;title&gt;</h1>" in page
    assert "about <code>a.<wbr>b_<wbr>c</code> | and &lt;b&gt;" in page
    assert '<th scope="row">x<br><code>y.<wbr>z</code></th><td>–</td>' in page
    assert "<h3>Below</h3>" in page
    assert '<p>end <span class="day">2026-01-02</span>.</p>' in page
    assert '<a href="../x.md">Read on</a>' in page
    assert "<script" not in page
    assert "<footer><p>Made by <code>a command</code></p></footer>" in page


@pytest.mark.parametrize("law", [True, False])
def test_a_table_of_rules_has_columns_of_its_own(law):
    sheet = Sheet(
        title="t",
        above="",
        blocks=(Grid(head=("A",), rows=((("x",),),), law=law),),
        sections=(),
    )
    assert bool(re.search(r'class="meaning law"', as_page(sheet))) is law
    assert "Read on" not in as_page(sheet)
