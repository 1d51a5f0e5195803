"""A hub of models on loopback that speaks as huggingface.co does."""

import hashlib
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass
class Hub:
    """A hub of models: folders by id and revision; large files are redirected as LFS files."""

    url: str = ""
    models: dict[str, dict[str, Path]] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def add(self, model: str, folder: Path, revision: str = "main") -> str:
        """Adds a revision; returns its commit."""
        revisions = self.models.setdefault(model, {})
        commit = hashlib.sha1(f"{model} {revision}".encode()).hexdigest()
        revisions[revision] = revisions[commit] = folder
        return commit

    def commit(self, model: str, revision: str) -> str:
        folder = self.models[model][revision]
        return next(r for r, f in self.models[model].items() if f == folder and len(r) == 40)


class HubHandler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]
        if parts[0] == "lfs":
            self.hub.fetched.append(parts[-1])
            return self._send(Path("/", *parts[1:]).read_bytes())
        is_api = parts[:2] == ["api", "models"]
        if is_api:
            parts = parts[2:]
        model = "/".join(parts[:2])
        verb, revision, *name = parts[2:] or ["revision", "main"]
        if model not in self.hub.models:
            return self._fail("RepoNotFound")
        if revision not in self.hub.models[model]:
            return self._fail("RevisionNotFound")
        folder = self.hub.models[model][revision]
        commit = self.hub.commit(model, revision)
        if is_api:
            answer = self._info(model, folder, commit) if verb == "revision" else self._tree(folder)
            return self._send(json.dumps(answer).encode(), "application/json")
        assert verb == "resolve"
        path = folder.joinpath(*name)
        if not path.is_file():
            return self._fail("EntryNotFound", commit)
        if self.command == "GET":
            self.hub.fetched.append("/".join(name))
        return self._send_file(path, commit)

    def _info(self, model: str, folder: Path, commit: str) -> dict[str, Any]:
        siblings = [{"rfilename": entry["path"]} for entry in self._tree(folder)]
        return {"_id": "1", "id": model, "modelId": model, "sha": commit, "siblings": siblings}

    def _tree(self, folder: Path) -> list[dict[str, Any]]:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return [
            {
                "type": "file",
                "path": path.relative_to(folder).as_posix(),
                "size": path.stat().st_size,
                "oid": hashlib.sha1(path.read_bytes()).hexdigest(),
            }
            for path in files
        ]

    def _send_file(self, path: Path, commit: str) -> None:
        content = path.read_bytes()
        if path.suffix not in (".bin", ".safetensors"):
            etag = hashlib.sha1(content).hexdigest()
            return self._send(content, headers={"X-Repo-Commit": commit, "ETag": f'"{etag}"'})
        self.send_response(302)
        # Another host, as the real hub's storage is: else the client follows while it only asks.
        self.send_header("Location", f"http://localhost:{urlsplit(self.hub.url).port}/lfs{path}")
        self.send_header("X-Repo-Commit", commit)
        self.send_header("X-Linked-Size", str(len(content)))
        self.send_header("X-Linked-ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(
        self,
        content: bytes,
        kind: str = "application/octet-stream",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def _fail(self, code: str, commit: str = "") -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Repo-Commit", commit)
        self.send_header("Content-Length", "0")
        self.end_headers()
