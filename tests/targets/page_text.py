"""What a reader sees of a page, however its template is laid out."""

import html
import re


def text_of(answer, status: int = 200) -> str:
    """Without tags, every run of white space one blank."""
    assert answer.status_code == status, answer.content.decode()
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", text))
