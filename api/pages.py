"""The built pages, with the headers that keep them honest: nothing inline, nothing from elsewhere."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)


class Pages(StaticFiles):
    """One built page and its files: the page itself is always asked for anew, hashed files never again."""

    def __init__(self, folder: str, frame_ancestors: str) -> None:
        super().__init__(directory=STATIC / folder, html=True)
        self._ancestors = frame_ancestors

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with its headers."""
        return with_headers(await super().get_response(path, scope), self._ancestors, lasting="assets/" in path)


def with_headers(response: Response, frame_ancestors: str, lasting: bool = False) -> Response:
    """The page's security headers, and how long it may be kept."""
    response.headers["Content-Security-Policy"] = f"{_POLICY}; frame-ancestors {frame_ancestors}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
    return response


def _with_our_own(frame_ancestors: str) -> str:
    """Who may show the widget in a frame: whom the setting names, and the company page, which is ours."""
    return frame_ancestors if "'self'" in frame_ancestors.split() or frame_ancestors == "*" else f"'self' {frame_ancestors}".removesuffix(" 'none'")


def serve_pages(app: FastAPI, frame_ancestors: str, demo: bool) -> None:
    """Mount widget and console, and the demo airline's page where it is a demo."""

    @app.get("/widget.js", include_in_schema=False)
    async def loader() -> Response:
        """Caller: any page that shows the widget."""
        response = FileResponse(STATIC / "widget.js", media_type="text/javascript")
        response.headers["Cache-Control"] = "public, max-age=300"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    if demo:

        @app.get("/", include_in_schema=False)
        async def airline() -> Response:
            """Caller: anybody on this machine. The demo airline's page."""
            return with_headers(FileResponse(STATIC / "demo" / "index.html"), "'none'")

        app.mount("/demo", Pages("demo", "'none'"))
    else:

        @app.get("/", include_in_schema=False)
        async def front() -> Response:
            """Caller: anybody. There is nothing at the root but the way to the console."""
            return RedirectResponse("/console/")

    app.mount("/widget", Pages("widget", _with_our_own(frame_ancestors)))
    app.mount("/company", Pages("company", "'none'"))
    app.mount("/console", Pages("console", "'none'"))
