import type { ApiRequest } from './api-request.ts';
import type { Answer, Reply, ToolUse, Usage } from './scripted-api.ts';

type Pattern = string | RegExp;

/** One answer of the scripted model. `does` and `says` may look at the request, e.g. to quote a tool's result. */
export interface Turn {
  /** What the newest user message (prompt, tool results) must contain; otherwise the story has gone wrong and the thread ends. */
  readonly sees?: Pattern;
  /** What it must not contain. */
  readonly seesNo?: Pattern;
  readonly does?: readonly ToolUse[] | ((request: ApiRequest) => readonly ToolUse[]);
  readonly says?: string | ((request: ApiRequest) => string);
  readonly usage?: Usage;
  /** Name of a latch that this turn's request opens, and of one that its answer waits for: an order of events by cause, not by time. */
  readonly opens?: string;
  readonly after?: string;
  readonly delayMs?: number;
  readonly blockDelayMs?: number;
  readonly refused?: Reply['error'];
}

export interface Story {
  /** Turns of the main thread, in order. */
  readonly main: readonly Turn[];
  /** Turns of subagents; `prompt` is looked for in the prompt that the subagent was given. Each agent id plays its own copy. */
  readonly agents?: readonly { readonly prompt: Pattern; readonly turns: readonly Turn[] }[];
  /** Answers that use up no turn, tried first, e.g. `{ sees: '<task-notification>', says: 'noted' }`. Main thread only. */
  readonly whenever?: readonly Turn[];
}

export interface Scenario {
  readonly answer: Answer;
  /** Agent ids by the pattern that their prompt matched, in order of appearance. */
  agentIds(prompt: Pattern): readonly string[];
  /** What went otherwise than told: unmet `sees`, requests nobody wrote a turn for, turns never played. Empty = the story held. */
  problems(): readonly string[];
}

/** A conversation as a story: each thread plays its turns in order, whichever thread asks first. */
export function scenario(story: Story): Scenario {
  const played = new Map<string, number>();
  const cast = new Map<string, Pattern>();
  const wrong: string[] = [];
  const latches = new Map<string, Latch>();

  function latch(name: string): Latch {
    const known = latches.get(name) ?? makeLatch();
    if (wrong.length > 0) known.open();
    latches.set(name, known);
    return known;
  }

  function turnsFor(request: ApiRequest): readonly Turn[] | undefined {
    if (request.agentId === undefined) return story.main;
    const role = story.agents?.find((each) => matches(each.prompt, request.prompt));
    if (role) cast.set(request.agentId, role.prompt);
    return role?.turns;
  }

  async function answer(request: ApiRequest): Promise<Reply> {
    const thread = request.agentId ?? 'main';
    const aside = thread === 'main' ? story.whenever?.find((each) => meets(each, request)) : undefined;
    if (aside) return play(aside, request);
    const turns = turnsFor(request);
    const at = played.get(thread) ?? 0;
    const turn = turns?.[at];
    if (turn === undefined) return lost(`${thread}: no turn ${at + 1} for: ${excerpt(request)}`);
    played.set(thread, at + 1);
    if (!meets(turn, request))
      return lost(
        `${thread}: turn ${at + 1} expected ${String(turn.sees ?? `no ${String(turn.seesNo)}`)}, got: ${excerpt(request)}`,
      );
    if (turn.opens !== undefined) latch(turn.opens).open();
    if (turn.after !== undefined) await latch(turn.after).opened;
    return play(turn, request);
  }

  function lost(problem: string): Reply {
    wrong.push(problem);
    for (const each of latches.values()) each.open(); // nobody waits for a turn that will not come
    return { text: `the story went wrong: ${problem}` };
  }

  return {
    answer,
    agentIds: (prompt) =>
      [...cast].filter(([, pattern]) => String(pattern) === String(prompt)).map(([id]) => id),
    problems: () => [
      ...wrong,
      ...unplayed('main', story.main, played.get('main') ?? 0),
      ...(story.agents ?? []).flatMap((role) => {
        const ids = [...cast].filter(([, pattern]) => pattern === role.prompt).map(([id]) => id);
        if (ids.length === 0) return [`agent ${String(role.prompt)}: never started`];
        return ids.flatMap((id) => unplayed(`agent ${String(role.prompt)}`, role.turns, played.get(id) ?? 0));
      }),
    ],
  };
}

interface Latch {
  readonly opened: Promise<void>;
  open(): void;
}

function makeLatch(): Latch {
  let open = () => {};
  const opened = new Promise<void>((done) => {
    open = done;
  });
  return { opened, open: () => open() };
}

function unplayed(thread: string, turns: readonly Turn[], played: number): string[] {
  return played < turns.length ? [`${thread}: ended after turn ${played} of ${turns.length}`] : [];
}

function play(turn: Turn, request: ApiRequest): Reply {
  const uses = typeof turn.does === 'function' ? turn.does(request) : turn.does;
  const text = typeof turn.says === 'function' ? turn.says(request) : turn.says;
  return {
    ...(text === undefined ? {} : { text }),
    ...(uses === undefined ? {} : { tool_uses: uses }),
    ...(turn.usage === undefined ? {} : { usage: turn.usage }),
    ...(turn.delayMs === undefined ? {} : { delayMs: turn.delayMs }),
    ...(turn.blockDelayMs === undefined ? {} : { blockDelayMs: turn.blockDelayMs }),
    ...(turn.refused === undefined ? {} : { error: turn.refused }),
  };
}

function meets(turn: Turn, request: ApiRequest): boolean {
  const sees = turn.sees === undefined || matches(turn.sees, request.incoming);
  return sees && (turn.seesNo === undefined || !matches(turn.seesNo, request.incoming));
}

function matches(pattern: Pattern, text: string): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0;
}

function excerpt(request: ApiRequest): string {
  return request.incoming.slice(-600);
}

export function bash(command: string, options: { readonly background?: boolean } = {}): ToolUse {
  return {
    name: 'Bash',
    input: { command, description: 'scripted', ...(options.background ? { run_in_background: true } : {}) },
  };
}

export function write(file_path: string, content: string): ToolUse {
  return { name: 'Write', input: { file_path, content } };
}

export function skill(name: string, args?: string): ToolUse {
  return { name: 'Skill', input: { skill: name, ...(args === undefined ? {} : { args }) } };
}

/** A subagent. Waits for its result unless `background`: the client's own default is the background. */
export function agent(
  subagent_type: string,
  prompt: string,
  options: { readonly background?: boolean; readonly model?: string } = {},
): ToolUse {
  return {
    name: 'Agent',
    input: {
      subagent_type,
      description: 'scripted',
      prompt,
      run_in_background: options.background === true,
      ...(options.model === undefined ? {} : { model: options.model }),
    },
  };
}
