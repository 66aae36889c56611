import { type Actor, documentIn, type Steps, use } from './actors.ts';
import { bashWith, promptFrom } from './prompts.ts';
import { agent, bash, skill, write } from './scenario.ts';
import type { ToolUse } from './scripted-api.ts';

/** What the model writes for a ticket: a set of files for each time that it is asked, and the verdicts on them. */
export interface Part {
  readonly plan: string;
  /** Path in the project → content; the last one is written again when there are more tries. */
  readonly tries: readonly Readonly<Record<string, string>>[];
  /** What is unclear about it until an investigator has looked. */
  readonly unclear?: string;
  /** One a review round; approved when there are no more. */
  readonly verdicts?: readonly object[];
}

export type Parts = Readonly<Record<string, Part>>;

interface WaveItem {
  readonly id: string;
  readonly step: string;
  readonly gates: Readonly<Record<string, string>>;
}

const approved = { verdict: 'approved', findings: [] };
/** Rounds in one wave, after which the leader gives up: the program should have blocked the ticket before. */
const MOST_ROUNDS = 12;

/** A leader that does what the implementer skill says, and agents that do what it sends them. */
export class WaveLeader {
  readonly #parts: Parts;
  readonly #asked = new Map<string, number>();
  readonly #reviewed = new Map<string, number>();
  readonly #cleared = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  *lead(): Actor {
    yield* use(skill('backlog-toolkit:backlog-implementer'));
    const [state = ''] = yield* use(bash('backlog --json'));
    if (documentIn(state).hooks_active !== true) throw new Error(`no hooks: ${state}`);
    for (;;) {
      const [started = ''] = yield* use(bash('backlog wave start --json'));
      if (started.includes('session-limit-reached')) return 'this session has had its waves';
      const tickets = listOf(documentIn(started).tickets);
      if (tickets.length === 0) break;
      const roots = new Map(tickets.map((each) => [String(each.id), String(each.project_root)]));
      yield* this.#wave(roots);
      const [ended = ''] = yield* use(bash('backlog wave end --json'));
      documentIn(ended);
    }
    yield* use(bash('backlog context clear'));
    return 'the backlog is worked through';
  }

  /** Does what each ticket waits for, until none waits for the leader. */
  *#wave(roots: ReadonlyMap<string, string>): Steps {
    const said = new Map<string, string>();
    let steps = '';
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const [status = ''] = yield* use(bash('backlog wave status --json'));
      const items = listOf(documentIn(status).items).map(itemOf);
      steps = items.map(({ id, step, gates }) => `${id} ${step} ${JSON.stringify(gates)}`).join(', ');
      const at = (step: string) => items.filter((item) => item.step === step).map(({ id }) => id);
      if (!items.some(({ step }) => ['plan', 'implement', 'lint', 'review', 'commit'].includes(step))) return;
      yield* this.#plan(at('plan'));
      yield* this.#implement([...at('plan'), ...at('implement')], roots, said);
      yield* this.#lint(at('lint'), roots, said);
      const sentBack = items.filter(({ step, gates }) => step === 'review' && gates.review === 'failed');
      yield* this.#mend(
        sentBack.map(({ id }) => id),
        roots,
        said,
      );
      yield* this.#review(
        at('review').filter((id) => !sentBack.some((item) => item.id === id)),
        roots,
      );
      yield* this.#commit(at('commit'), said);
    }
    throw new Error(`the wave goes in circles: ${steps}; ${JSON.stringify([...said])}`);
  }

  *#plan(ids: readonly string[]): Steps {
    for (const id of ids) {
      const { plan, unclear } = this.#part(id);
      yield* use(bash(`backlog context set ${id} plan implementer backlog-implementer`));
      if (unclear !== undefined && !this.#cleared.has(id)) yield* this.#clear(id, unclear);
      yield* use(bashWith(`backlog gate run plan --ticket ${id} --from - --json`, plan));
    }
  }

  *#clear(id: string, unclear: string): Steps {
    yield* use(bash(`backlog ticket investigate ${id} --open --reason "${unclear}"`));
    const prompt = `[backlog ticket=${id} gate=plan agent=investigator]\n${unclear}`;
    yield* use(agent('backlog-toolkit:investigator', prompt, { model: 'sonnet' }));
    const [found = ''] = yield* use(
      bashWith(`backlog ticket investigate ${id} --from - --json`, 'It is the sum.'),
    );
    if (documentIn(found).status !== 'ready-to-implement') throw new Error(`${id} is not ready: ${found}`);
    this.#cleared.add(id);
  }

  /** All implementers in one message, so that they work side by side; then each ticket's gates. */
  *#implement(ids: readonly string[], roots: ReadonlyMap<string, string>, said: Map<string, string>): Steps {
    if (ids.length === 0) return;
    yield* use(...ids.map((id) => this.#implementer(id, 'implement', roots, said)));
    yield* this.#gate('implement', ids, said);
  }

  *#lint(ids: readonly string[], roots: ReadonlyMap<string, string>, said: Map<string, string>): Steps {
    const mend = ids.filter((id) => said.get(id)?.includes('"gate-failed"'));
    if (mend.length > 0) yield* use(...mend.map((id) => this.#implementer(id, 'lint', roots, said)));
    for (const id of ids) {
      yield* use(bash(`backlog context set ${id} lint implementer backlog-implementer`));
      const call = mend.includes(id)
        ? `backlog gate run --stale --ticket ${id} --json`
        : `backlog gate run lint --ticket ${id} --json`;
      const [result = ''] = yield* use(bash(call));
      said.set(id, result);
    }
  }

  /** What a reviewer found goes to the implementer; then the gates that no longer hold run again. */
  *#mend(ids: readonly string[], roots: ReadonlyMap<string, string>, said: Map<string, string>): Steps {
    if (ids.length === 0) return;
    for (const id of ids) {
      const [status = ''] = yield* use(bash(`backlog gate status ${id} --json`));
      said.set(id, status);
    }
    yield* use(...ids.map((id) => this.#implementer(id, 'implement', roots, said)));
    for (const id of ids) yield* use(bash(`backlog gate run --stale --ticket ${id} --json`));
  }

  *#gate(gate: string, ids: readonly string[], said: Map<string, string>): Steps {
    for (const id of ids) {
      yield* use(bash(`backlog context set ${id} ${gate} implementer backlog-implementer`));
      const [result = ''] = yield* use(bash(`backlog gate run ${gate} --ticket ${id} --json`));
      said.set(id, result);
    }
  }

  *#review(ids: readonly string[], roots: ReadonlyMap<string, string>): Steps {
    const reviewers: ToolUse[] = [];
    for (const id of ids) {
      yield* use(bash(`backlog context set ${id} review reviewer backlog-implementer`));
      const [result = ''] = yield* use(bash(`backlog review request ${id} --json`));
      if (result.includes('"error"')) continue;
      const document = documentIn(result);
      if (document.manner === 'call') yield* use(bash(`backlog review call --ticket ${id} --json`));
      if (document.manner !== 'agents') continue;
      for (const { request_id, file, focus, answered } of listOf(document.reviewers)) {
        if (answered === true) continue;
        const slots = { ID: id, PROJECT_ROOT: roots.get(id) ?? '', REQUEST_ID: String(request_id) };
        const prompt = promptFrom('reviewer', { ...slots, FILE: String(file), FOCUS: String(focus) });
        reviewers.push(agent('backlog-toolkit:reviewer', prompt, { model: 'sonnet' }));
      }
    }
    if (reviewers.length > 0) yield* use(...reviewers);
  }

  *#commit(ids: readonly string[], said: Map<string, string>): Steps {
    for (const id of ids) {
      const [, committed = ''] = yield* use(
        bash(`backlog context set ${id} commit implementer backlog-implementer`),
        bash(`backlog commit --ticket ${id} --type feat --area shop --summary "what ${id} asks for" --json`),
      );
      said.set(id, committed);
    }
  }

  #implementer(
    id: string,
    gate: string,
    roots: ReadonlyMap<string, string>,
    said: ReadonlyMap<string, string>,
  ) {
    const prompt = promptFrom('implementer', {
      ID: id,
      GATE: gate,
      PROJECT_ROOT: roots.get(id) ?? '',
      DISCIPLINES: 'none',
      PLAN: this.#part(id).plan,
      CODE_RULES_FILE: '.claude/code-rules.md',
      GATE_OUTPUT: said.get(id) ?? 'nothing yet',
    });
    return agent('backlog-toolkit:implementer', prompt, { model: 'sonnet' });
  }

  /** The actor of a subagent, by the marker on the first line of its prompt. */
  cast(prompt: string): (() => Actor) | undefined {
    const [, id, gate] = /^\[backlog ticket=(\S+) gate=(\S+) agent=\S+\]/m.exec(prompt) ?? [];
    if (id === undefined || gate === undefined) return undefined;
    if (gate === 'review') return () => this.#reviewer(id, prompt);
    if (gate === 'plan') return () => this.#investigator(id);
    return () => this.#writes(id, prompt);
  }

  *#writes(id: string, prompt: string): Actor {
    const [, root = ''] = /^Implement ticket \S+ in (.*?): begin with/m.exec(prompt) ?? [];
    const { tries } = this.#part(id);
    const asked = this.#asked.get(id) ?? 0;
    this.#asked.set(id, asked + 1);
    yield* use(bash(`cd ${root} && pwd`));
    yield* use(bash(`backlog ticket show ${id}`));
    for (const [file, content] of Object.entries(tries[Math.min(asked, tries.length - 1)] ?? {})) {
      const [result = ''] = yield* use(write(`${root}/${file}`, content));
      if (/permission|denied|error/i.test(result))
        throw new Error(`${id}: ${file} was not written: ${result}`);
    }
    return `${id}: written`;
  }

  *#investigator(id: string): Actor {
    yield* use(bash(`backlog ticket show ${id}`));
    return 'The ticket leaves open what is meant; the code says that it is the sum.';
  }

  *#reviewer(id: string, prompt: string): Actor {
    const [, request = ''] = /^Review request (\S+) of/m.exec(prompt) ?? [];
    const [, file = ''] = /Read (\S+): it is all/.exec(prompt) ?? [];
    const [, root = ''] = /^Review request \S+ of ticket \S+ in (.*?)\. Your focus/m.exec(prompt) ?? [];
    const given = this.#reviewed.get(id) ?? 0;
    this.#reviewed.set(id, given + 1);
    const verdict = this.#part(id).verdicts?.[given] ?? approved;
    yield* use(bash(`cd ${root} && pwd`));
    const [shown = ''] = yield* use({ name: 'Read', input: { file_path: file } });
    if (!shown.includes(`--request ${request}`)) throw new Error(`${id}: no package: ${shown}`);
    const [result = ''] = yield* use(
      bashWith(`backlog review submit --request ${request} --from -`, JSON.stringify(verdict)),
    );
    if (/^error:/m.test(result)) throw new Error(`${id}: the verdict was refused: ${result}`);
    return 'submitted';
  }

  #part(id: string): Part {
    const part = this.#parts[id];
    if (part === undefined) throw new Error(`nobody wrote anything for ${id}`);
    return part;
  }
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((each) => Object.fromEntries(Object.entries(Object(each)))) : [];
}

function itemOf(fields: Record<string, unknown>): WaveItem {
  return { id: String(fields.id), step: String(fields.step), gates: Object(fields.gates) };
}
