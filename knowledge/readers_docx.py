"""Word documents, by mammoth: its HTML keeps headings, lists and tables; pictures, comments and deleted text stay out."""

import io
import zipfile
from typing import Any

import mammoth

from knowledge.article import unreadable
from knowledge.markup import TooManyCells, markdown_of

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def read(data: bytes, _kind: str) -> dict[str, Any]:
    """The document's text as Markdown."""
    _look_at_xml(data)
    made = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda _image: {}))
    try:
        text = markdown_of(made.value)
    except TooManyCells:
        raise unreadable("a table has too many cells; split the document", "表格单元格过多，请拆分文档") from None
    if not text.strip():
        raise unreadable("there is no text in the document", "文档中没有文字")
    return {"text": text}


def _look_at_xml(data: bytes) -> None:
    """Refuse what no word processor writes: definitions of entities, which can multiply or point elsewhere, in whatever encoding."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for member in packed.infolist():
            if member.filename.lower().endswith((".xml", ".rels")):
                xml = packed.read(member).replace(b"\x00", b"")  # UTF-16 read as if it were ASCII
                if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
                    raise unreadable(
                        "the document defines XML entities, which no word processor does; save it anew as .docx",
                        "文档中定义了 XML 实体（正常的文档不会这样），请重新另存为 .docx",
                    )
