"""Tests of config/litellm/callbacks/ticket_tagger.py, with nothing but Python: `python3 -m unittest` with it on PYTHONPATH."""

import asyncio
import json
import logging
import os
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import ticket_tagger
from ticket_tagger import TicketTagger, find_marker, tags_of

SESSION = "6f3ad1de-62ad-4d13-8fd6-0f3f4b8f2f10"
AGENT = "a1b2c3d4e5f60718"


def ago(**delta):
    at = datetime.now(timezone.utc) - timedelta(**delta)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def context(ticket="FEAT-001", gate="plan", **more):
    fields = {"project": "shop", "agent_type": "backend", "skill": "", "updated_at": ago(minutes=1)}
    return {"ticket_id": ticket, "gate": gate, **fields, **more}


class TaggerCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.tagger = TicketTagger(home=str(self.home))
        named = os.environ.pop("BACKLOG_CONTEXT_FILE", None)
        if named is not None:
            self.addCleanup(os.environ.__setitem__, "BACKLOG_CONTEXT_FILE", named)
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)

    def write(self, name, value):
        file = self.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")

    def history(self, *events, session=SESSION):
        lines = [json.dumps({"at": at, "agent_id": agent, "context": value}) for at, agent, value in events]
        self.write(f"contexts/{session}/history.jsonl", "\n".join(lines) + "\n")

    def hook(self, data, call_type="acompletion"):
        return asyncio.run(self.tagger.async_pre_call_hook(None, None, data, call_type))

    def tags(self, ids=None, text="hello", **more):
        headers = {f"x-claude-code-{name}": value for name, value in (ids or {}).items()}
        data = {
            "messages": [{"role": "user", "content": text}],
            "proxy_server_request": {"headers": headers},
            **more,
        }
        return self.hook(data).get("metadata", {}).get("tags")


class WhereTagsGo(TaggerCase):
    def test_chat_has_them_in_metadata_and_messages_in_litellm_metadata(self):
        self.write("current-context.json", context())
        expected = {"tags": ["ticket:FEAT-001", "gate:plan", "project:shop", "agent:backend"]}
        for call_type, key in [
            ("acompletion", "metadata"),
            ("completion", "metadata"),
            ("anthropic_messages", "litellm_metadata"),
            ("aresponses", "litellm_metadata"),
        ]:
            with self.subTest(call_type):
                self.assertEqual(self.hook({"model": "m"}, call_type), {"model": "m", key: expected})

    def test_the_clients_own_metadata_stays_on_messages(self):
        self.write("current-context.json", context())
        data = self.hook({"metadata": {"user_id": "u"}}, "anthropic_messages")
        self.assertEqual(data["metadata"], {"user_id": "u"})

    def test_what_is_there_stays(self):
        self.write("current-context.json", context())
        data = self.hook({"metadata": {"headers": {}, "tags": ["team:red", "project:other"]}})
        self.assertEqual(
            data["metadata"],
            {"headers": {}, "tags": ["team:red", "project:other", "ticket:FEAT-001", "gate:plan", "agent:backend"]},
        )

    def test_a_request_that_names_its_ticket_is_left_alone(self):
        self.write("current-context.json", context())
        data = {"metadata": {"tags": ["ticket:FEAT-009"]}}
        self.assertEqual(self.hook(data), {"metadata": {"tags": ["ticket:FEAT-009"]}})

    def test_the_same_data_comes_back(self):
        data = {"metadata": None}
        self.assertIs(self.hook(data), data)
        self.assertEqual(data, {"metadata": None})


class LogPreApiCall(TaggerCase):
    def test_puts_tags_into_empty_kwargs(self):
        self.write("current-context.json", context())
        kwargs = {}
        self.assertIsNone(self.tagger.log_pre_api_call("free", [{"role": "user", "content": "x"}], kwargs))
        self.assertEqual(kwargs["metadata"]["tags"][:2], ["ticket:FEAT-001", "gate:plan"])

    def test_changes_nothing_without_a_context(self):
        kwargs = {}
        self.tagger.log_pre_api_call("free", [], kwargs)
        self.assertEqual(kwargs, {})

    def test_puts_them_where_litellm_logs_from(self):
        self.write("current-context.json", context())
        for key in ("metadata", "litellm_metadata"):
            kwargs = {"litellm_params": {key: {"tags": []}}}
            self.tagger.log_pre_api_call("free", [], kwargs)
            self.assertIn("ticket:FEAT-001", kwargs["litellm_params"][key]["tags"])

    def test_survives_anything(self):
        for kwargs in (None, [], {"litellm_params": 7}, {"metadata": "text"}):
            self.tagger.log_pre_api_call("free", object(), kwargs)


class Joining(TaggerCase):
    def test_agent_before_marker_before_parent_before_session(self):
        self.history(
            (ago(minutes=9), None, context("FEAT-001", skill="s")),
            (ago(minutes=8), AGENT, context("FEAT-002", agent_type="reviewer")),
        )
        marked = "[backlog ticket=FEAT-003 gate=review agent=reviewer]\nlook"
        ids = {"session-id": SESSION}
        self.write(f"contexts/{SESSION}/session.json", {"project": "shop"})
        self.assertIn("ticket:FEAT-001", self.tags(ids))
        self.assertIn("ticket:FEAT-002", self.tags({**ids, "agent-id": AGENT}, marked))
        # The name of a transcript's file has a prefix that the wire has not.
        self.assertIn("ticket:FEAT-002", self.tags({**ids, "agent-id": f"agent-{AGENT}"}))
        self.assertEqual(
            self.tags({**ids, "agent-id": "bbbb"}, marked),
            ["ticket:FEAT-003", "gate:review", "project:shop", "agent:reviewer", "skill:s"],
        )
        self.assertIn("ticket:FEAT-002", self.tags({**ids, "agent-id": "bbbb", "parent-agent-id": AGENT}))
        self.assertIn("ticket:FEAT-001", self.tags({**ids, "agent-id": "bbbb"}))

    def test_a_nested_agent_takes_its_parents_ticket_though_the_request_names_none(self):
        self.history((ago(minutes=9), "top", context("FEAT-002")), (ago(minutes=9), None, context("FEAT-001")))
        for child, parent in (("low", "mid"), ("mid", "top"), ("a", "b"), ("b", "a"), ("odd", "../top")):
            self.write(f"contexts/{SESSION}/agents/{child}.json", {"context": None, "parent_agent_id": parent})
        self.assertIn("ticket:FEAT-002", self.tags({"session-id": SESSION, "agent-id": "low"}))
        # A registry that turns in a circle, or names another folder, ends at the session.
        for agent in ("a", "odd"):
            self.assertIn("ticket:FEAT-001", self.tags({"session-id": SESSION, "agent-id": agent}))

    def test_a_cleared_agent_stays_cleared(self):
        self.history(
            (ago(minutes=9), None, context("FEAT-001")),
            (ago(minutes=8), AGENT, context("FEAT-002")),
            (ago(minutes=7), AGENT, None),
        )
        marked = "[backlog ticket=FEAT-003 gate=review]\nlook"
        self.assertIsNone(self.tags({"session-id": SESSION, "agent-id": AGENT}, marked))
        self.assertIsNone(self.tags({"session-id": SESSION, "agent-id": "bbbb", "parent-agent-id": AGENT}))

    def test_an_agent_is_known_by_its_record_too(self):
        self.write(f"contexts/{SESSION}/agents/{AGENT}.json", {"context": context("FEAT-005")})
        self.assertIn("ticket:FEAT-005", self.tags({"session-id": SESSION, "agent-id": AGENT}))

    def test_the_newest_change_counts_and_not_one_of_the_future(self):
        self.history(
            (ago(minutes=9), None, context("FEAT-001")),
            (ago(minutes=8), None, context("FEAT-002")),
            (ago(minutes=-8), None, context("FEAT-003")),
        )
        self.assertIn("ticket:FEAT-002", self.tags({"session-id": SESSION}))

    def test_a_cleared_session_takes_no_file(self):
        self.write("current-context.json", context("FEAT-001"))
        self.history((ago(minutes=9), None, context("FEAT-001")), (ago(minutes=8), None, None))
        self.assertIsNone(self.tags({"session-id": SESSION}))

    def test_a_changed_file_is_read_again(self):
        self.history((ago(minutes=9), None, context("FEAT-001")))
        self.assertIn("ticket:FEAT-001", self.tags({"session-id": SESSION}))
        self.history((ago(minutes=9), None, context("FEAT-00002")))
        self.assertIn("ticket:FEAT-00002", self.tags({"session-id": SESSION}))

    def test_sessions_are_not_mixed_up(self):
        self.history((ago(minutes=9), None, context("FEAT-001")))
        self.history((ago(minutes=9), None, context("FEAT-002")), session="other")
        self.assertIn("ticket:FEAT-002", self.tags({"session-id": "other"}))

    def test_ids_name_no_other_folder(self):
        self.write("history.jsonl", "")
        self.write("elsewhere/history.jsonl", json.dumps({"at": ago(minutes=1), "context": context()}))
        for session in ("../elsewhere", "..", ".", "a/b", "", "x" * 129):
            self.assertIsNone(self.tags({"session-id": session}))


class Files(TaggerCase):
    def test_the_homes_file_is_for_twelve_hours(self):
        self.write("current-context.json", context(updated_at=ago(hours=11)))
        self.assertIn("ticket:FEAT-001", self.tags())
        for at in (ago(hours=13), ago(hours=-1), "", "yesterday"):
            self.write("current-context.json", context(updated_at=at))
            self.assertIsNone(self.tags(), at)

    def test_a_session_takes_the_homes_file_for_its_own_project_only(self):
        self.write("current-context.json", context())
        ids = {"session-id": SESSION}
        self.assertIsNone(self.tags(ids))
        self.write(f"contexts/{SESSION}/session.json", {"cwd": "/work/a", "project": "shop"})
        self.assertIn("ticket:FEAT-001", self.tags(ids))
        self.write(f"contexts/{SESSION}/session.json", {"cwd": "/work/shop", "project": "garage"})
        self.assertIsNone(self.tags(ids))

    def test_a_named_file_is_taken_as_it_is(self):
        self.write("named.json", context("FEAT-008", project="other", updated_at="2001-01-01T00:00:00Z"))
        os.environ["BACKLOG_CONTEXT_FILE"] = str(self.home / "named.json")
        self.addCleanup(os.environ.pop, "BACKLOG_CONTEXT_FILE", None)
        self.assertIn("ticket:FEAT-008", self.tags())
        self.assertIn("ticket:FEAT-008", self.tags({"session-id": SESSION}))
        os.environ["BACKLOG_CONTEXT_FILE"] = str(self.home / "missing.json")
        self.assertIsNone(self.tags())


class NothingBreaksARequest(TaggerCase):
    def test_strange_requests(self):
        self.write("current-context.json", "{")
        for data in (None, [], {}, {"messages": 3}, {"messages": [None]}, {"metadata": []}, {"proxy_server_request": 1}):
            self.assertIs(self.hook(data), data)

    def test_tags_that_are_no_list_stay_as_they_are(self):
        self.write("current-context.json", context())
        for tags in ("team:red", {"a": 1}, 7):
            self.assertEqual(self.hook({"metadata": {"tags": tags}}), {"metadata": {"tags": tags}})

    def test_an_exception_inside_is_one_line(self):
        logging.disable(logging.NOTSET)
        self.tagger.resolve = lambda request: 1 / 0
        data = {"metadata": {"headers": {}}}
        with self.assertLogs("backlog.ticket_tagger", "WARNING") as said:
            self.assertIs(self.hook(data), data)
            self.tagger.log_pre_api_call("free", [], data)
        self.assertEqual(data, {"metadata": {"headers": {}}})
        self.assertEqual([line.split(": ", 1)[1] for line in said.output], [
            "request passes untagged: ZeroDivisionError: division by zero",
        ])

    def test_strange_files(self):
        ids = {"session-id": SESSION, "agent-id": AGENT}
        for text in ("", "{", "null", "[]", "7", '{"ticket_id": 3}', '{"context": {"ticket_id": []}}', "\x00"):
            for name in ("current-context.json", f"contexts/{SESSION}/history.jsonl", f"contexts/{SESSION}/agents/{AGENT}.json"):
                self.write(name, text)
            self.assertIsNone(self.tags(ids), text)
            self.assertIsNone(self.tags(), text)

    def test_a_torn_line_leaves_the_others(self):
        self.history((ago(minutes=9), None, context("FEAT-001")))
        with open(self.home / f"contexts/{SESSION}/history.jsonl", "a", encoding="utf-8") as file:
            file.write('{"at": "2026-')
        self.assertIn("ticket:FEAT-001", self.tags({"session-id": SESSION}))

    def test_each_reason_is_said_once(self):
        logging.disable(logging.NOTSET)
        self.write("current-context.json", "{")
        with self.assertLogs("backlog.ticket_tagger", "WARNING") as said:
            self.tags()
            self.tags()
        self.assertEqual(len(said.output), 1)
        self.assertIn("current-context.json is no JSON", said.output[0])


class Values(unittest.TestCase):
    def test_values_that_cannot_be_a_tag_are_left_out(self):
        for value in ("a,b", "!x", "&x", "é", "a\nb", "x" * 129, ""):
            self.assertEqual(tags_of({"ticket_id": value, "gate": "plan"}), ["gate:plan"], value)

    def test_no_context_no_tags(self):
        self.assertEqual(tags_of(None), [])

    def test_a_marker_counts_as_the_first_line_of_a_text_block_of_the_first_message(self):
        line = "[backlog ticket=FEAT-001 gate=implement agent=backend]"
        fields = {"ticket_id": "FEAT-001", "gate": "implement", "agent_type": "backend"}
        user = {"role": "user"}
        self.assertEqual(find_marker([{**user, "content": f"{line}\nrest"}]), fields)
        blocks = [{"type": "text", "text": "<system-reminder>"}, {"type": "text", "text": line}]
        self.assertEqual(find_marker([{**user, "content": blocks}]), fields)
        for other in (f"hello\n{line}", f" {line}", f"{line} x", "[backlog gate]", "[backlog agent=backend]", "[backlog ticket=a,b]"):
            self.assertIsNone(find_marker([{**user, "content": other}]), other)
        self.assertIsNone(find_marker([{**user, "content": "hello"}, {**user, "content": line}]))


class Module(unittest.TestCase):
    def test_registers_an_instance(self):
        self.assertIsInstance(ticket_tagger.tagger, TicketTagger)


if __name__ == "__main__":
    unittest.main()
