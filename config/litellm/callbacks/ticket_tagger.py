"""Tags each LiteLLM request with the ticket, gate, project, agent and skill that it is for.

For people who use LiteLLM without backlog's gateway. Register the instance, never the class::

    litellm_settings:
      callbacks: ["ticket_tagger.tagger"]

The contexts are those that ``backlog context set`` and the plugin's hooks write below the home folder (``BACKLOG_HOME``, else
``~/.backlog-toolkit``); they are only read. Whatever goes wrong in here, the request passes untagged and one log line says
why: an exception in a callback would fail the user's request with 500.
"""

from __future__ import annotations

import json
import logging
import os
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Mapping

try:
    from litellm.integrations.custom_logger import CustomLogger
except ImportError:  # Its own tests, and people who read it, need no LiteLLM.

    class CustomLogger:  # type: ignore[no-redef]
        """Stands in for LiteLLM's base class."""


log = logging.getLogger("backlog.ticket_tagger")

# Tag names and the fields of a context, in the order in which tags are written.
TAG_FIELDS = (
    ("ticket", "ticket_id"),
    ("gate", "gate"),
    ("project", "project"),
    ("agent", "agent_type"),
    ("skill", "skill"),
)
MARKER_FIELDS = {"ticket": "ticket_id", "gate": "gate", "agent": "agent_type"}
# The home's file is believed for this long, in seconds: 12 hours.
FILE_AGE_S = 12 * 60 * 60
# A marker is one short line.
MARKER_LENGTH = 600
# Agents are nested this deep at most; it also ends a registry that turns in a circle.
MOST_DEPTH = 16
# Files that are kept; past it they are read again.
MOST_FILES = 500
SAFE_ID = re.compile(r"[A-Za-z0-9@._-]{1,128}")

Context = Mapping[str, str]


class TicketTagger(CustomLogger):
    """Adds ``ticket:``, ``gate:``, ``project:``, ``agent:`` and ``skill:`` tags; tags that are there already stay."""

    def __init__(self, home: str | None = None) -> None:
        super().__init__()
        self._home = home
        self._files: dict[str, tuple[tuple[int, int, int], str]] = {}
        self._said: set[str] = set()

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str
    ) -> dict[str, Any]:
        """The proxy's hook before a request is routed. Returns ``data``, always."""
        self._tag(data, "litellm_metadata" if _uses_litellm_metadata(str(call_type)) else "metadata", data)
        return data

    def log_pre_api_call(self, model: str, messages: Any, kwargs: dict[str, Any]) -> None:
        """For LiteLLM used as a library: there no other hook fires. On the proxy the tags are there by now."""
        params = kwargs.get("litellm_params") if isinstance(kwargs, dict) else None
        holder = params if isinstance(params, dict) else kwargs
        request = {"messages": messages, **holder} if isinstance(holder, dict) else {}
        is_messages = isinstance(request.get("litellm_metadata"), dict)
        self._tag(holder, "litellm_metadata" if is_messages else "metadata", request)

    def _tag(self, holder: Any, key: str, request: Any) -> None:
        """Adds the tags to ``holder[key]["tags"]``, for the request whose headers and messages are in ``request``."""
        try:
            _add_tags(holder, key, lambda: tags_of(self.resolve(request)))
        except Exception as problem:  # noqa: BLE001: nothing may reach the proxy
            self._say_once(f"request passes untagged: {type(problem).__name__}: {problem}")

    def resolve(self, request: Mapping[str, Any]) -> Context | None:
        """The context of a request: agent, else marker, else parent, else session, else file, else none.

        ``request`` is LiteLLM's dictionary of it, with ``messages`` and the client's headers.
        """
        headers = _headers_of(request)
        session = _id_in(headers, "session-id")
        history = self._history(session)
        agent = _id_in(headers, "agent-id")
        # An agent, parent or session that was cleared is for no ticket, whatever stands elsewhere: {} ends the search.
        of_agent = self._of_agent(session, agent, history)
        if of_agent is not None:
            return of_agent or None
        of_session = _newest(history, None)
        marker = find_marker(request.get("messages"))
        if marker is not None:
            skill = (of_session or {}).get("skill", "")
            return {**marker, "project": self._project_of(session), "skill": skill}
        of_parent = self._of_parent(session, agent, _id_in(headers, "parent-agent-id"), history)
        if of_parent is not None:
            return of_parent or None
        return self._of_file(session) if of_session is None else of_session or None

    def _of_agent(self, session: str, agent: str, history: list[dict[str, Any]]) -> Context | None:
        """An agent's context; {} when it was cleared, None when nothing is known of it."""
        if not session or not agent:
            return None
        events = [event for event in history if event["agent_id"] == agent]
        if not events:
            return context_from(self._agent_record(session, agent).get("context"))
        now = _newest(events, agent)
        # Requests from before the first binding belong to the agent all the same.
        return events[0]["context"] if now is None else now

    def _of_parent(self, session: str, agent: str, parent: str, history: list[dict[str, Any]]) -> Context | None:
        """That of the nearest parent that has one: the parent that the request names, else as the registry has them."""
        parent = parent or self._parent_of(session, agent)
        for _ in range(MOST_DEPTH):
            context = self._of_agent(session, parent, history)
            if context is not None or not parent:
                return context
            parent = self._parent_of(session, parent)
        return None

    def _parent_of(self, session: str, agent: str) -> str:
        return _safe_id(self._agent_record(session, agent).get("parent_agent_id"))

    def _agent_record(self, session: str, agent: str) -> dict[str, Any]:
        known = session and agent
        return (self._object(self._session_dir(session) / "agents" / f"{agent}.json") if known else None) or {}

    def _of_file(self, session: str) -> Context | None:
        named = os.environ.get("BACKLOG_CONTEXT_FILE")
        if named:
            return context_from(self._object(Path(named)))
        context = context_from(self._object(self._home_dir() / "current-context.json"))
        if context is None or not _is_fresh(context.get("updated_at", "")):
            return None
        # A request that names no session could be anybody's; one that does is believed for its own project only.
        return context if not session or context["project"] == self._project_of(session) else None

    def _project_of(self, session: str) -> str:
        """A session's project, as SessionStart wrote it; empty when nobody knows."""
        record = self._object(self._session_dir(session) / "session.json") if session else None
        project = (record or {}).get("project")
        return project if isinstance(project, str) else ""

    def _history(self, session: str) -> list[dict[str, Any]]:
        """Changes of a session's contexts, oldest first: ``at`` (s), ``agent_id`` or None, ``context`` ({} = cleared)."""
        text = self._read(self._session_dir(session) / "history.jsonl") if session else None
        events = []
        for line in (text or "").splitlines():
            event = _event_from(line)
            if event is not None:
                events.append(event)
            elif line.strip():
                self._say_once(f"a line of {session}/history.jsonl cannot be read and is left out")
        return events

    def _object(self, file: Path) -> dict[str, Any] | None:
        text = self._read(file)
        if text is None or not text.strip():
            return None
        try:
            value = json.loads(text)
        except ValueError as problem:
            self._say_once(f"{file} is no JSON and is left out: {problem}")
            return None
        return value if isinstance(value, dict) else None

    def _read(self, file: Path) -> str | None:
        """A file's text, read again only when it has changed; None when there is none."""
        try:
            stat = file.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            known = self._files.get(str(file))
            if known is not None and known[0] == stamp:
                return known[1]
            text = file.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeError) as problem:
            self._say_once(f"{file} cannot be read and is left out: {problem}")
            return None
        if len(self._files) >= MOST_FILES:
            self._files.clear()
        self._files[str(file)] = (stamp, text)
        return text

    def _home_dir(self) -> Path:
        return Path(self._home or os.environ.get("BACKLOG_HOME") or Path.home() / ".backlog-toolkit")

    def _session_dir(self, session: str) -> Path:
        return self._home_dir() / "contexts" / session

    def _say_once(self, message: str) -> None:
        if message in self._said:
            return
        if len(self._said) >= MOST_FILES:
            self._said.clear()
        self._said.add(message)
        log.warning("backlog ticket_tagger: %s", message)


def tags_of(context: Context | None) -> list[str]:
    """``["ticket:FEAT-001", "gate:plan", …]``; empty values, and those that cannot be a tag, give none."""
    pairs = ((tag, (context or {}).get(field, "")) for tag, field in TAG_FIELDS)
    return [f"{tag}:{value}" for tag, value in pairs if value and _is_tag_value(value)]


def context_from(value: Any) -> dict[str, str] | None:
    """The context in a JSON object; None when it is no object or says nothing."""
    if not isinstance(value, dict):
        return None
    fields = [field for _, field in TAG_FIELDS] + ["updated_at"]
    context = {field: value[field] if isinstance(value.get(field), str) else "" for field in fields}
    return context if context["ticket_id"] or context["gate"] or context["agent_type"] else None


def find_marker(messages: Any) -> dict[str, str] | None:
    """``[backlog ticket=FEAT-001 gate=implement agent=backend]`` as the first line of a text block of the first message.

    Anywhere else it is a quotation: the main thread quotes markers when it starts agents.
    """
    first = messages[0] if isinstance(messages, list) and messages else None
    content = first.get("content") if isinstance(first, dict) else None
    blocks = content if isinstance(content, list) else [{"text": content}]
    for block in blocks:
        text = block.get("text") if isinstance(block, dict) else None
        marker = _marker_in(text) if isinstance(text, str) else None
        if marker is not None:
            return marker
    return None


def _marker_in(text: str) -> dict[str, str] | None:
    line = text.split("\n", 1)[0].rstrip()
    if len(line) > MARKER_LENGTH or not line.startswith("[backlog ") or not line.endswith("]"):
        return None
    marker = {"ticket_id": "", "gate": "", "agent_type": ""}
    for word in line[len("[backlog ") : -1].split(" "):
        if not word:
            continue
        name, equals, value = word.partition("=")
        if not name or not equals or not _is_tag_value(value):
            return None
        if name in MARKER_FIELDS:
            marker[MARKER_FIELDS[name]] = value
    return marker if marker["ticket_id"] or marker["gate"] else None


def _uses_litellm_metadata(call_type: str) -> bool:
    """LiteLLM keeps its own metadata beside the client's on these routes: Anthropic's ``metadata`` is ``{user_id}``."""
    return any(part in call_type for part in ("anthropic_messages", "responses", "batch", "file"))


def _add_tags(holder: Any, key: str, tags: Callable[[], list[str]]) -> None:
    """Adds to ``holder[key]["tags"]`` the tags whose names are not there yet. Raises TypeError when what is there is no list."""
    metadata = holder.get(key)
    existing = (metadata.get("tags") if isinstance(metadata, dict) else None) or []
    if not isinstance(existing, list):
        raise TypeError(f"its tags are a {type(existing).__name__}, not a list")
    names = {tag.split(":", 1)[0] for tag in existing if isinstance(tag, str) and ":" in tag}
    # Somebody nearer to the request has said what it is for: the gateway, or the caller.
    if names & {"ticket", "gate"}:
        return
    added = [tag for tag in tags() if tag.split(":", 1)[0] not in names]
    if not added:
        return
    if not isinstance(metadata, dict):
        metadata = holder[key] = {}
    metadata["tags"] = [*existing, *added]


def _headers_of(request: Mapping[str, Any]) -> dict[str, str]:
    """The client's headers, names in lower case, wherever this route keeps them."""
    places = [request.get(key) for key in ("proxy_server_request", "litellm_metadata", "metadata")]
    for place in places:
        headers = place.get("headers") if isinstance(place, dict) else None
        if isinstance(headers, Mapping) and headers:
            return {str(name).lower(): str(value) for name, value in headers.items()}
    return {}


def _id_in(headers: Mapping[str, str], name: str) -> str:
    """An id that Claude Code sends; empty when it is missing, or could name another folder."""
    return _safe_id(headers.get(f"x-claude-code-{name}", "").removeprefix("agent-"))


def _safe_id(value: Any) -> str:
    return value if isinstance(value, str) and SAFE_ID.fullmatch(value) and value.strip(".") else ""


def _event_from(line: str) -> dict[str, Any] | None:
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    at = _seconds(fields.get("at")) if isinstance(fields, dict) else None
    if at is None:
        return None
    context = {} if fields.get("context", 0) is None else context_from(fields.get("context"))
    if context is None:
        return None
    agent = fields.get("agent_id")
    return {"at": at, "agent_id": agent if isinstance(agent, str) and agent else None, "context": context}


def _newest(history: list[dict[str, Any]], agent: str | None) -> Context | None:
    """The context of a thread now; {} when it was cleared, None when it never had one."""
    now = datetime.now(timezone.utc).timestamp()
    for event in reversed(history):
        if event["agent_id"] == agent and event["at"] <= now:
            return event["context"]
    return None


def _is_fresh(updated_at: str) -> bool:
    at = _seconds(updated_at)
    return at is not None and 0 <= datetime.now(timezone.utc).timestamp() - at < FILE_AGE_S


def _seconds(value: Any) -> float | None:
    """An RFC 3339 time, in seconds since 1970; None for anything else."""
    try:
        at = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", value))
        return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError):
        return None


def _is_tag_value(value: str) -> bool:
    """Printable ASCII, at most 128 characters, no comma, no leading ``!`` or ``&``, which LiteLLM reads as operators."""
    return len(value) <= 128 and re.fullmatch(r"[\x20-\x2b\x2d-\x7e]*", value) is not None and value[:1] not in ("!", "&")


tagger = TicketTagger()
