"""Documents made by hand, good ones and hostile ones: nothing of them is kept in the repository."""

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
Line = tuple[float, float, float, str]


def defaults(folder: Path, **more: str) -> None:
    """What all documents of a folder share."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = {"audience": "public", "in_force": "{from: 2026-01-01}", "owner": "Tests", "version": "1"} | more
    (folder / "defaults.yaml").write_text("".join(f"{k}: {v}\n" for k, v in fields.items()), encoding="utf-8")


def a_paragraph(text: str, style: str = "") -> str:
    """One paragraph of a Word document."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{named}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def a_table(rows: Iterable[Iterable[str]]) -> str:
    """A table of a Word document."""
    return "<w:tbl>" + "".join("<w:tr>" + "".join(f"<w:tc>{a_paragraph(c)}</w:tc>" for c in row) + "</w:tr>" for row in rows) + "</w:tbl>"


def a_docx(body: str, more: Mapping[str, bytes] | None = None, before: str = "") -> bytes:
    """A Word document of this body."""
    out = io.BytesIO()
    styles = f'<w:styles {W}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>' + (
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>'
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _TYPES)
        packed.writestr("_rels/.rels", _RELS)
        packed.writestr("word/document.xml", f"{before}<w:document {W}><w:body>{body}</w:body></w:document>")
        packed.writestr(
            "word/_rels/document.xml.rels",
            _RELS.replace("officeDocument/2006/relationships/officeDocument", "officeDocument/2006/relationships/styles").replace(
                "word/document.xml", "styles.xml"
            ),
        )
        packed.writestr("word/styles.xml", styles)
        for name, data in (more or {}).items():
            packed.writestr(name, data)
    return out.getvalue()


def a_pdf(pages: Iterable[Iterable[Line]]) -> bytes:
    """A PDF of lines at (x, y) in a size of type."""
    objects = ["", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    kids = []
    for lines in pages:
        said = "".join(f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj ET\n" for x, y, size, text in lines)
        objects.append(f"<< /Length {len(said)} >>\nstream\n{said}\nendstream")
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 1} 0 R {resources} >>")
        kids.append(f"{len(objects) + 1} 0 R")
    objects[0] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return a_pdf_of(["<< /Type /Catalog /Pages 2 0 R >>", *objects])


def a_pdf_of(objects: Iterable[str | bytes], trailer: str = "") -> bytes:
    """A PDF of these objects, the first its catalog."""
    out, at = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        at.append(len(out))
        out += f"{number} 0 obj\n".encode() + (one if isinstance(one, bytes) else one.encode("latin-1")) + b"\nendobj\n"
    table = "".join(f"{a:010d} 00000 n \n" for a in at)
    end = (
        f"xref\n0 {len(at) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(at) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    )
    return out + end.encode()


def a_stream(data: bytes, more: str = "") -> bytes:
    """A packed stream of a PDF."""
    packed = zlib.compress(data, 9)
    return f"<< /Length {len(packed)} /Filter /FlateDecode {more} >>\nstream\n".encode() + packed + b"\nendstream"


def a_page_of(content: bytes, resources: str = "", *others: str | bytes) -> bytes:
    """A PDF of one page with this content."""
    return a_pdf_of(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << {resources} >> >>",
            content,
            *others,
        ]
    )


def a_busy_pdf() -> bytes:
    """10 kB that keep a parser busy for minutes: sixty pages that all draw the same 20,000 letters, one by one."""
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> >>"
    kids = " ".join(f"{5 + n} 0 R" for n in range(60))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    pages = f"<< /Type /Pages /Kids [{kids}] /Count 60 >>"
    return a_pdf_of(["<< /Type /Catalog /Pages 2 0 R >>", pages, a_stream(b"BT /F1 9 Tf (a) Tj ET\n" * 20_000), font, *[page] * 60])


def a_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """A list of questions and answers."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def json_lines(rows: Iterable[object]) -> bytes:
    """The same as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def lying(packed: bytes, name: str) -> bytes:
    """A zip whose list says that this member unpacks to ten bytes."""
    raw = bytearray(packed)
    at = raw.rfind(b"PK\x01\x02", 0, raw.rfind(name.encode()))
    raw[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(raw)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
