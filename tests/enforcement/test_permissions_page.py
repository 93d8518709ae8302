from pathlib import Path

from infra.enforcement.permissions import PAGE, page


def test_the_page_says_what_the_template_says(expanded_file: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(expanded_file), (
        "python -m infra.enforcement.permissions writes it anew"
    )
