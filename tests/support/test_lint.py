"""The page lint finds each fault, and only then."""

from __future__ import annotations

import pytest

from tests.support.lint import faults_of

HEADERS = {"Content-Security-Policy": "default-src 'none'; script-src 'nonce-abc123'"}
PAGE = """<!doctype html>
<html lang="fa-AF" dir="rtl">
<head><meta charset="utf-8"><title>Cases · MRC</title>
<script src="/app.js" nonce="abc123" defer></script></head>
<body>
<h1>Cases</h1>
<form method="post" action="/cases">
<input type="hidden" name="csrf_token" value="x">
<label for="q">Search</label> <input id="q" name="q">
<label>Centre <select name="centre"><option>Lahore</option></select></label>
<textarea name="note" aria-label="Note"></textarea>
<button>Save</button><button aria-label="Close"><svg aria-hidden="true"><use href="#x"></use></svg></button>
</form>
<p><img src="/logo.png" alt=""> <a href="/cases">All</a> <a href="/"><img src="/logo.png" alt="Home"></a></p>
</body></html>"""


def test_a_page_in_order_has_no_faults():
    assert faults_of(PAGE, HEADERS) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("</form>", "</div></form>", "not valid HTML"),
        ("<p>", "<p><table><b>x</b></table>", "not valid HTML"),
        ('<input id="q" name="q">', '<input id="q" name="q" name="r">', "not valid HTML"),
        ("<h1>Cases</h1>", "<h2>Cases</h2>", "there are 0 h1"),
        ("<h1>Cases</h1>", "<h1>Cases</h1><h1>Cases</h1>", "there are 2 h1"),
        ("<title>Cases · MRC</title>", "<title>MRC</title>", "does not start with the heading"),
        ("<title>Cases · MRC</title>", "", "there is no title"),
        ("<h1>Cases", "<h1 data-personal>Cases", "shows the personal heading"),
        ('lang="fa-AF" ', "", "html has no lang"),
        ('dir="rtl"', 'dir="ltr"', "html has dir 'ltr' for language 'fa-AF'"),
        ('<label for="q">Search</label>', "", "<input name='q'> has no label"),
        ('<label for="q">Search</label>', '<label for="q"> </label>', "<input name='q'> has no label"),
        ("<label>Centre ", "<div>Centre ", "<select name='centre'> has no label"),
        (' aria-label="Note"', "", "<textarea name='note'> has no label"),
        ('<label for="q">', '<label for="p">', "refers to 'p' by for"),
        ("<p>", "<p><style>p{}</style>", "there is a <style> element"),
        ("<p>", "<p><script nonce=abc123>1</script>", "there is an inline <script>"),
        ("<p>", '<p style="color:red">', "<p> has an inline style"),
        ("<p>", '<p onclick="go()">', "<p> has an inline onclick"),
        (' nonce="abc123"', "", "/app.js carries no nonce"),
        ('nonce="abc123"', 'nonce="other"', "/app.js carries no nonce"),
        (' alt=""', "", "image /logo.png has no alt"),
        ("<p>", '<p id="q">', "id 'q' stands 2 times"),
        ("<button>Save</button>", "<button></button>", "<button class=None href=None> has no name"),
        (' aria-label="Close"', "", "<button class=None href=None> has no name"),
        (">All<", "><", "href='/cases'> has no name"),
        (' alt="Home"', ' alt=""', "href='/'> has no name"),
        ("<button>Save</button>", '<input type="submit">', "<input type='submit'> has no name"),
    ],
)
def test_each_fault_is_found(before: str, after: str, fault: str):
    assert before in PAGE
    found = faults_of(PAGE.replace(before, after, 1), HEADERS)
    assert any(fault in sentence for sentence in found), found


def test_without_a_policy_no_script_is_trusted():
    assert faults_of(PAGE, {}) == ["script /app.js carries no nonce of the Content-Security-Policy"]


def test_a_personal_heading_stays_out_of_the_title():
    page = PAGE.replace("<h1>Cases", "<h1 data-personal>محمد یوسف")
    assert faults_of(page, HEADERS) == []


def test_a_piece_of_a_page_needs_no_heading_but_labels():
    assert faults_of("<tr><td>1</td></tr>", HEADERS) == []
    assert faults_of('<p><input name="q"></p>', HEADERS) == ["<input name='q'> has no label"]
