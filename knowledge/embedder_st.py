"""Any sentence-transformers model, by its hub name or its folder; needs the extra [sentence-transformers]."""

import hashlib
import os
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from basics.errors import SettingsWrong
from basics.words import Words
from knowledge.embedder import Vectors

_BATCH = 16
_LONGEST = 6_000  # characters; models read at most 8,192 tokens, most of them 512
_SAMPLE = 1 << 20  # bytes at either end of a file of weights: training changes all of them
_TRUE = ("1", "on", "yes", "true")
Load = Callable[[str, bool], Any]


class Recipe(NamedTuple):
    """What a family of models wants written before a text."""

    name: str
    question: str = ""
    passage: str = ""


E5 = Recipe("e5", "query: ", "passage: ")
E5_TASK = Recipe("e5task", "Instruct: Given a question, retrieve passages that answer it\nQuery: ")
BGE_EN = Recipe("bgeen", "Represent this sentence for searching relevant passages: ")
BGE_ZH = Recipe("bgezh", "为这个句子生成表示以用于检索相关文章：")
PLAIN = Recipe("plain")


def recipe_of(name: str) -> Recipe:
    """The recipe that a model's publisher names, told by the model's name; plain where none is known."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    if "e5" in words:
        return E5_TASK if "instruct" in words else E5
    if "bge" in words and "m3" not in words:
        return BGE_ZH if "zh" in words else BGE_EN
    return PLAIN


class SentenceTransformerEmbedder:
    """A model on this machine's processor; one call at a time. `name` is a hub name or a folder; `load` makes the model (tests pass their own).

    HF_HUB_OFFLINE is honoured, and a folder never asks the hub. SettingsWrong says what is missing.
    """

    def __init__(self, name: str, load: Load | None = None) -> None:
        folder = Path(name).expanduser()
        is_folder = folder.is_dir()
        where = str(folder.resolve()) if is_folder else name
        offline = is_folder or os.environ.get("HF_HUB_OFFLINE", "").lower() in _TRUE
        self._model = (load or _load)(where, offline)
        self._busy = threading.Lock()
        self._recipe = recipe_of(_short(where))
        # Asked by trying: how the method is called that tells it has changed between versions.
        self.dimensions = int(np.asarray(self._model.encode(["dimensions"], show_progress_bar=False)).shape[1])
        content = _of_folder(folder) if is_folder else _of_hub(self._model)
        short = re.sub(r"[^A-Za-z0-9.]+", "-", _short(where))[-34:].strip("-")
        self.fingerprint = f"st-{short}-{content[:12]}-{self.dimensions}-{self._recipe.name}"  # at most 80 characters: a column's width

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of texts that are to be found."""
        return self._embedded(texts, self._recipe.passage)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimensions) of questions, to be compared with questions."""
        return self._embedded(texts, self._recipe.question)

    def question(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question."""
        vector: Vectors = self._embedded([text], self._recipe.question)[0]
        return vector

    def _embedded(self, texts: Sequence[str], before: str) -> Vectors:
        out = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for at in range(0, len(texts), _BATCH):
            batch = [before + _clean(t) for t in texts[at : at + _BATCH]]
            with self._busy:  # between batches a chat's question gets its turn
                # The recipe is ours: a prompt that the model's own files name would come on top of it.
                out[at : at + len(batch)] = np.asarray(self._model.encode(batch, prompt="", batch_size=_BATCH, show_progress_bar=False))
        lengths = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(lengths, 1e-12), dtype=np.float32)


def _load(where: str, offline: bool) -> Any:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as missing:
        raise SettingsWrong(
            Words(
                en=f"For this embedder a package is missing ({missing.name}): pip install 'travel-concierge[sentence-transformers]', then try again. "
                "Nothing was changed.",
                zh=f"使用此向量模型需要安装缺少的软件包（{missing.name}）：pip install 'travel-concierge[sentence-transformers]'，然后重试。"
                "未作任何更改。",
            )
        ) from None
    torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))  # one core is left to the rest, as for the packaged model
    try:
        return SentenceTransformer(where, device="cpu", local_files_only=offline, trust_remote_code=False)
    except (OSError, ValueError) as wrong:
        first = (str(wrong).splitlines() or [type(wrong).__name__])[0][:200]
        raise SettingsWrong(
            Words(
                en=f"The embedding model {where} cannot be loaded: {first} Give the folder of a sentence-transformers model, or a name on the hub "
                "that is in its cache or can be reached (HF_HUB_OFFLINE keeps it from being asked). Nothing was changed.",
                zh=f"无法加载向量模型 {where}：{first} 请提供 sentence-transformers 模型所在目录，或已缓存、可访问的模型名称"
                "（设置 HF_HUB_OFFLINE 后不会联网）。未作任何更改。",
            )
        ) from wrong


def _short(where: str) -> str:
    """A model's own name: the last part of a name or path; in the hub's cache the folder named for it."""
    cached = re.search(r"models--[^/\\]*?([^/\\]+)[/\\]snapshots", where)
    return cached[1].rpartition("--")[2] if cached else re.split(r"[/\\]", where.rstrip("/\\"))[-1]


def _of_folder(folder: Path) -> str:
    """A hash of what is in a model's folder: settings whole, weights by their length and both ends."""
    content = hashlib.sha256()
    kept = (f for f in folder.rglob("*") if f.suffix in (".json", ".txt", ".safetensors", ".bin", ".model") and f.is_file())
    for file in sorted(kept):
        size = file.stat().st_size
        content.update(f"{file.relative_to(folder).as_posix()} {size} ".encode())
        with file.open("rb") as read:
            content.update(read.read(_SAMPLE))
            if size > _SAMPLE:
                read.seek(max(_SAMPLE, size - _SAMPLE))
                content.update(read.read(_SAMPLE))
    return content.hexdigest()


def _of_hub(model: Any) -> str:
    """The commit that the hub served, or a hash of the model's own settings where it does not tell."""
    try:
        config = model[0].auto_model.config
    except (AttributeError, IndexError, TypeError):
        return hashlib.sha256(repr(model).encode()).hexdigest()
    commit = getattr(config, "_commit_hash", None)
    return str(commit) if commit else hashlib.sha256(config.to_json_string().encode()).hexdigest()


def _clean(text: str) -> str:
    return text.replace("\x00", " ")[:_LONGEST].encode("utf-8", "replace").decode("utf-8") or " "
