"""What browsers load: listed, light, addressed by content, right in both directions."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import brotli
import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader, nodes
from werkzeug.test import Client

from mrc.i18n.locales import LOCALES
from mrc.web import assets
from mrc.web.sprite import wanted_icons

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
VENDOR = assets.ROOT / "vendor"
FIRST_VISIT = 250_000
LARGEST_PAGE = 25_000
FONTS = {
    "font-latin": "vazirmatn",  # names in Arabic letters stand on English pages too
    "font-vazirmatn": "vazirmatn",
    "font-naskh": "noto-naskh-arabic",
    "font-nastaliq": "noto-nastaliq-urdu",
}
PHYSICAL = re.compile(
    r"(?:margin|padding|border(?:-width|-style|-color)?)-(?:left|right|top|bottom)|border-(?:top|bottom)-(?:left|right)"
    r"|(?<![\w-])(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
ICON_ARGUMENTS = {"icon": 0, "empty_state": 2, "button_form": 3, "timeline_item": 0}
"""Which argument of a macro names an icon."""


@pytest.fixture
def site() -> Client:
    app = Flask("site", static_folder=None)
    assets.init_assets(app)
    return Client(app)


def own_sheets() -> list[Path]:
    return assets.sources("css")


def test_every_vendored_file_is_listed_and_has_a_licence() -> None:
    listed = set(re.findall(r"^\| `([^`]+)`", (VENDOR / "VERSIONS.md").read_text(), re.MULTILINE))
    loaded = {str(path.relative_to(VENDOR)) for path in assets.sources("vendor")}
    loaded -= {"fonts/fonts.css", "fonts/paper-fonts.css"}
    assert loaded == listed
    for name in loaded:
        font = "-" + Path(name).stem if name.endswith(".woff2") else ""
        assert (VENDOR / name).with_name("LICENSE" + font).is_file(), name


def test_nothing_of_a_package_manager_is_in_the_house() -> None:
    assert not list(assets.ROOT.rglob("node_modules"))
    assert not list(assets.ROOT.rglob("package*.json"))


@pytest.mark.parametrize("sheet", own_sheets(), ids=lambda path: path.name)
def test_our_sheets_are_logical(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/|@media[^{]*", "", sheet.read_text(), flags=re.DOTALL)
    assert [found[0] for found in PHYSICAL.finditer(text)] == []


@pytest.mark.parametrize(
    "line",
    ["margin-left: 1px", "padding-top:0", "left: 0", "text-align: right", "max-width: 3rem", "height: 1px"],
)
def test_the_search_for_physical_properties_finds_them(line: str) -> None:
    assert PHYSICAL.search("{ " + line + " }")


@pytest.mark.parametrize("locale", LOCALES.values(), ids=lambda locale: locale.tag)
def test_the_first_visit_is_light(locale) -> None:
    loaded = set(assets.sources("css")) | set(assets.sources("js")) | set(assets.sources("img"))
    sheet = "tabler.rtl.min.css" if locale.is_rtl else "tabler.min.css"
    names = [f"tabler/{sheet}", "htmx/htmx.min.js", "icons/sprite.svg", "fonts/fonts.css"]
    loaded |= {VENDOR / name for name in [*names, f"fonts/{FONTS[locale.font_class]}.woff2"]}
    sizes = {path.name: _sent_size(path) for path in loaded}
    assert sum(sizes.values()) + LARGEST_PAGE <= FIRST_VISIT, sizes


def test_files_name_only_files_of_their_own_folder() -> None:
    """The address of a file holds the hash of its top folder, so it may not lean on another one.

    What is vendored in one minified file names no other.
    """
    for path in assets.sources():
        if path.suffix not in {".css", ".js"} or ".min." in path.name:
            continue
        for name in re.findall(r"""(?:from\s+|import\s+|url\()["'](?!data:)([^"']+)["']""", path.read_text()):
            target = (path.parent / name).resolve()
            assert target.is_file(), f"{path.name} names {name}"
            assert _top(target) == _top(path), f"{path.name} names {name}"


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR / "icons" / "sprite.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    assert drawn == set(wanted_icons())
    assert _named_icons() <= drawn


def test_an_address_holds_the_hash_of_its_folder_and_is_kept_for_good(site: Client) -> None:
    address = assets.asset("js/app.js")
    assert address == f"/static/{assets.hash_of('js')}/js/app.js"
    with site.get(address) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == f"max-age={10 * 365 * 24 * 60 * 60}, public, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.get_data() == (assets.ROOT / "js/app.js").read_bytes()


def test_a_sheet_is_sent_compressed(site: Client) -> None:
    with site.get(assets.asset("css/app.css"), headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert brotli.decompress(answer.get_data()) == (assets.ROOT / "css/app.css").read_bytes()
    with site.get(assets.asset("css/app.css"), headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"


def test_a_file_that_is_not_there_is_told_when_the_page_is_drawn() -> None:
    with pytest.raises(FileNotFoundError):
        assets.asset("css/forgotten.css")


def test_a_hash_changes_with_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("a {}")
    before = assets.hash_of.__wrapped__("css")
    (tmp_path / "css" / "a.css").write_text("b {}")
    assert assets.hash_of.__wrapped__("css") != before


def test_a_twin_is_written_anew_when_its_source_is_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    source, twin = tmp_path / "a.css", tmp_path / "a.css.br"
    source.write_text("a {}")
    assets.compress_all()
    assert brotli.decompress(twin.read_bytes()) == b"a {}"
    source.write_text("b {}")
    os.utime(source, (source.stat().st_atime, twin.stat().st_mtime + 5))
    assets.compress_all()
    assert brotli.decompress(twin.read_bytes()) == b"b {}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.css", "a.css.br", "a.css.gz"]


def test_a_folder_that_may_not_be_written_is_served_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    (tmp_path / "a.css").write_text("a {}")

    def refuse(**_options: object) -> None:
        raise PermissionError

    monkeypatch.setattr(assets.tempfile, "mkstemp", refuse)
    assets.compress_all()
    assert [path.name for path in tmp_path.iterdir()] == ["a.css"]


@cache
def _sent_size(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(brotli.compress(content, quality=11))


def _top(path: Path) -> str:
    return path.relative_to(assets.ROOT).parts[0]


def _named_icons() -> set[str]:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True
    )
    named: set[str] = set()
    for name in environment.list_templates(extensions=["html"]):
        tree = environment.parse((TEMPLATES / name).read_text())
        for call in tree.find_all(nodes.Call):
            position = ICON_ARGUMENTS.get(getattr(call.node, "name", ""))
            if position is not None and len(call.args) > position:
                named |= {item.value for item in _constants(call.args[position])}
    return named


def _constants(expression: nodes.Expr) -> list[nodes.Const]:
    if isinstance(expression, nodes.Const):
        return [expression] if isinstance(expression.value, str) else []
    if isinstance(expression, nodes.CondExpr):
        return [*_constants(expression.expr1), *(_constants(expression.expr2) if expression.expr2 else [])]
    return []
