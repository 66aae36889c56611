import type { ApiRequest } from './api-request.ts';
import type { Scenario } from './scenario.ts';
import type { Reply, ToolUse } from './scripted-api.ts';

/** A thread of a conversation as a program: it yields what the model says and is given the request that comes next. */
export type Actor = Generator<Reply, string, ApiRequest>;

/** A part of what an actor does. */
export type Steps = Generator<Reply, void, ApiRequest>;

/** A line of a thread that decides by what it is shown, where a story has its turns fixed. Its return value is its last word. */
export interface Cast {
  readonly main: (first: ApiRequest) => Actor;
  /** The actor for a subagent, by the prompt that it was given; `undefined` for one that nobody expects. */
  readonly agent: (prompt: string) => ((first: ApiRequest) => Actor) | undefined;
}

/** A conversation whose threads are actors. */
export function actors(cast: Cast): Scenario {
  const threads = new Map<string, Actor>();
  const over = new Set<string>();
  const wrong: string[] = [];
  const ids: [prompt: string, id: string][] = [];

  function begin(thread: string, request: ApiRequest): Reply {
    const make = request.agentId === undefined ? cast.main : cast.agent(request.prompt);
    if (make === undefined) return lost(`${thread}: nobody plays ${request.prompt.slice(0, 200)}`);
    if (request.agentId !== undefined) ids.push([request.prompt, request.agentId]);
    const actor = make(request);
    threads.set(thread, actor);
    return said(thread, actor.next(request));
  }

  function said(thread: string, result: IteratorResult<Reply, string>): Reply {
    if (!result.done) return result.value;
    over.add(thread);
    return { text: result.value };
  }

  function lost(problem: string): Reply {
    wrong.push(problem);
    return { text: `the story went wrong: ${problem}` };
  }

  return {
    answer: (request) => {
      const thread = request.agentId ?? 'main';
      if (over.has(thread))
        return lost(`${thread}: asked after its last word: ${request.incoming.slice(-300)}`);
      const actor = threads.get(thread);
      try {
        return actor === undefined ? begin(thread, request) : said(thread, actor.next(request));
      } catch (error) {
        over.add(thread);
        return lost(`${thread}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    agentIds: (prompt) =>
      ids
        .filter(([given]) => (typeof prompt === 'string' ? given.includes(prompt) : prompt.test(given)))
        .map(([, id]) => id),
    problems: () => [
      ...wrong,
      ...[...threads.keys()].filter((thread) => !over.has(thread)).map((thread) => `${thread}: was cut off`),
    ],
  };
}

/** Asks for tools and gives the texts of their results, in the same order. */
export function* use(...tool_uses: ToolUse[]): Generator<Reply, string[], ApiRequest> {
  const next = yield { tool_uses };
  return next.toolResults.map(({ text }) => text);
}

/** The JSON document in a tool's result, which may stand among other lines. */
export function documentIn(text: string): Record<string, unknown> {
  const line = text.split('\n').find((each) => each.startsWith('{"schemaVersion"'));
  if (line === undefined) throw new Error(`no document in: ${text.slice(0, 1000)}`);
  const value: unknown = JSON.parse(line);
  return Object.fromEntries(Object.entries(Object(value)));
}
