"""What a PDF, DOCX, HTML or FAQ file cannot say of itself: its fields, from NAME.pdf.yaml beside it and defaults.yaml of its folders."""

from pathlib import Path
from typing import Any

from basics.words import Words, words
from knowledge.article import ArticleRefused
from knowledge.precheck import admitted
from knowledge.readers import fields_of

DEFAULTS = "defaults.yaml"
_OF_A_FOLDER = ("audience", "in_force", "owner", "lang", "version", "applies_by", "source_url", "stakes")
_OF_A_FILE = (*_OF_A_FOLDER, "id", "title", "supersedes", "asks")


def where_of(file: Path) -> Words:
    """Where the fields of this file belong."""
    beside = f"{file.name}.yaml"
    return words(f"{beside} beside the file, or in {DEFAULTS} of its folder", f"同目录的 {beside} 或文件夹的 {DEFAULTS} ")


def fields_beside(file: Path, root: Path) -> dict[str, Any]:
    """The fields of every folder from `root` down, the nearest winning, then those of the file itself; {} where none says anything."""
    fields: dict[str, Any] = {}
    folders = [folder for folder in reversed(file.parents) if folder.is_relative_to(root)]
    for folder in folders:
        fields |= _fields(folder / DEFAULTS, root, _OF_A_FOLDER)
    return fields | _fields(file.with_name(f"{file.name}.yaml"), root, _OF_A_FILE)


def _fields(yaml: Path, root: Path, allowed: tuple[str, ...]) -> dict[str, Any]:
    if not yaml.is_symlink() and not yaml.exists():
        return {}
    shown_as = str(yaml.relative_to(root))
    admitted(yaml, root, shown_as)
    try:
        text = yaml.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ArticleRefused(shown_as, 1, words("the file is not UTF-8 text; save it as UTF-8", "文件不是 UTF-8 文本，请另存为 UTF-8")) from None
    except OSError as wrong:
        raise ArticleRefused(shown_as, 1, words(f"the file cannot be read: {wrong.strerror}", f"无法读取文件：{wrong.strerror}")) from None
    fields = fields_of(text, shown_as, words("the file", "文件"))
    foreign = next((name for name in fields if name not in allowed), None)
    if foreign is not None:
        may = ", ".join(allowed)
        raise ArticleRefused(shown_as, 1, words(f"'{foreign}' cannot be given here; what can is {may}", f"这里不能填写“{foreign}”；可以填写：{may}"))
    return fields
