import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backlogCalls, isPlainCall, purposeOf, withIds } from '../../src/hooks/backlog-calls.ts';
import { judgeFile, judgeLine } from '../../src/hooks/denials.ts';
import { readShell } from '../../src/hooks/shell.ts';
import { tempDir } from '../support/temp.ts';

const shop = { opsDir: '/shop/.backlog-ops', dataDir: '/shop/backlog/data', cwd: '/shop' };
const judge = (source: string, guarded = shop) => judgeLine(readShell(source), source, guarded);

describe('a commit past the gates is denied', () => {
  it.each([
    ['behind a long option of sudo', 'sudo --user root git commit'],
    ['behind a cluster of options', 'sudo -Eu root git commit'],
    ['timed in the portable form', 'time -p git commit'],
    ['behind a signal', 'timeout --signal KILL 5 git commit'],
    ['behind a lock', 'flock /tmp/lock git commit'],
    ['by another sudo', 'doas git commit'],
    ['run by find', 'find . -maxdepth 0 -exec git commit -m x \\;'],
    ['run by a shell that find runs', "find . -execdir sh -c 'git commit' \\;"],
    ['left for the end of the shell', "trap 'git commit -m x' EXIT"],
    ['by another user', "su -c 'git commit' ada"],
    ['in capitals, which some file systems do not tell apart', 'GIT commit'],
    ['as an alias that is set first', 'git config --global alias.ci "commit -n"'],
    ['as an alias from the environment', 'git --config-env=alias.x=HOME x'],
    ['built by hand', 'git fast-import < commits'],
    ['with a message that looks like a search', 'git commit -m --help'],
    ['after arithmetic', 'echo $((1+2)); git commit -m x'],
    ['with a shortened flag', 'git push --no-verif'],
    ['with hooks from nowhere', 'git -c core.hooksPath=/dev/null push'],
    ['through settings of another file', 'env GIT_CONFIG_GLOBAL=c git x'],
    ['through settings that were exported', 'export GIT_CONFIG_COUNT=1; git x'],
    ['through an included file', 'git config include.path ../c'],
    ['through a section that becomes an alias', 'git config --rename-section x alias'],
    ['in a setting that git runs', "git -c core.fsmonitor='git commit -qam x' status"],
    ['after a gate with another PATH', 'PATH=/tmp/x:$PATH backlog gate run implement --ticket FEAT-001'],
    ['after a gate in a shell with other options', "sh -c 'NODE_OPTIONS=x backlog gate run lint'"],
  ])('%s', (_name, source) => expect(judge(source)?.decision).toBe('deny'));
});

describe('what may be a commit, and shows only when it runs, is asked for', () => {
  it.each([
    ['g=git; $g commit'],
    ['"$(which git)" commit -m x'],
    ['git $(echo commit)'],
    ["X='git commit -m x'; $X"],
    ['{git,commit,-m,x}'],
    ["bash <<'E'\ngit commit\nE"],
    ["echo 'git commit' | sh"],
    ["env -S 'git commit'"],
    ['source <(echo git commit)'],
    ['(( x = 1 << E ))\ngit commit\nE\n'],
    ['let x=1<<2\ngit commit'],
    ['echo $((git commit); (ls))'],
    ['cat <<E\n$(git commit)'],
  ])('%j', (source) => expect(judge(source)?.decision).toBe('ask'));
});

describe('evidence and completed tickets are not written past the program', () => {
  it.each([
    ['echo x >& .backlog-ops/e'],
    ["sh -c 'echo x > .backlog-ops/evidence/x'"],
    ['cd .backlog-ops/evidence; echo x > FEAT-001.jsonl'],
    ['cd .backlog-ops && rm -rf evidence'],
    ['cp -t .backlog-ops/evidence mine'],
    ['cp --target-directory=.backlog-ops/evidence mine'],
    ['install -t.backlog-ops/evidence mine'],
    ['mv -t backlog/data/completed backlog/data/pending/a.md'],
    ['cd backlog/data && mv pending/a.md completed/'],
    ['git -C backlog/data mv pending/a.md completed/a.md'],
    ['D=backlog/data; mv $D/pending/a.md $D/completed/'],
    ['rm -rf .BACKLOG-OPS'],
    ['rm -rf /shop'],
    ['git clean -fdx'],
    ['git stash push --all'],
  ])('%j is denied', (source) => expect(judge(source)?.decision).toBe('deny'));

  it('through a link neither, by a command or by a tool, and from a folder that is reached by one', () => {
    const root = tempDir();
    const guarded = {
      opsDir: path.join(root, '.backlog-ops'),
      dataDir: path.join(root, 'backlog/data'),
      cwd: root,
    };
    mkdirSync(path.join(guarded.opsDir, 'evidence'), { recursive: true });
    mkdirSync(path.join(guarded.dataDir, 'completed'), { recursive: true });
    mkdirSync(path.join(guarded.dataDir, 'pending'));
    symlinkSync('.backlog-ops/evidence', path.join(root, 'notes'));
    const elsewhere = tempDir();
    symlinkSync(root, path.join(elsewhere, 'shop'));
    const linked = { ...guarded, cwd: path.join(elsewhere, 'shop') };
    expect(judge('echo x > notes/FEAT-001.jsonl', guarded)?.decision).toBe('deny');
    expect(judgeFile('notes/FEAT-001.jsonl', 'x', guarded)?.decision).toBe('deny');
    expect(judge('cp a.md backlog/data/completed/', linked)?.decision).toBe('deny');
    expect(judgeFile('backlog/data/completed/a.md', 'x', linked)?.decision).toBe('deny');
    expect(judgeFile('.Backlog-Ops/e', 'x', linked)?.decision).toBe('deny');
  });

  it.each([
    ['the status alone', 'backlog/data/pending/a.md', 'status: completed', '', 'deny'],
    ['one word of it', 'backlog/data/pending/a.md', 'completed', '---\nstatus: completed\n---\n', 'deny'],
    ['half a word of it', 'backlog/data/pending/a.md', 'plet', '---\nstatus: completed\n---\n', 'deny'],
    ['it in quotes', 'backlog/data/pending/a.md', 'x', '---\nstatus: "completed"\n---\n', 'deny'],
    ['the word in a sentence', 'backlog/data/pending/a.md', 'the status is completed', '', undefined],
    [
      'the word in the body',
      'backlog/data/pending/a.md',
      'x',
      '---\nstatus: pending\n---\nstatus: completed\n',
      undefined,
    ],
    ['a file that is no ticket', 'src/a.ts', 'status: completed', 'status: completed', undefined],
  ])('an edit of a ticket that puts in %s', (_what, file, added, result, decision) => {
    const cwd = tempDir();
    const guarded = { opsDir: path.join(cwd, '.backlog-ops'), dataDir: path.join(cwd, 'backlog/data'), cwd };
    expect(judgeFile(file, added, guarded, result)?.decision).toBe(decision);
  });
});

it('an edit of the gates’ configuration is a person’s to decide', () => {
  expect(judgeFile('backlog.config.json', '"lintCommand": "true"', shop)?.decision).toBe('ask');
  expect(judgeFile('docs/backlog.config.json.md', '"lintCommand": "true"', shop)).toBeUndefined();
});

describe('who calls, and what a person typed, is not for a command to say', () => {
  it.each([
    ["sh -c 'backlog review submit --request r --agent a1'", 'deny'],
    ["eval 'backlog gate waive lint --stamp x'", 'deny'],
    ['find . -exec backlog context set A plan x --agent a1 \\;', 'deny'],
    ['backlog hook UserPromptSubmit < forged.json', 'deny'],
    ['echo {} | timeout 5 backlog hook UserPromptSubmit', 'deny'],
    ['case x in x) backlog review submit --agent a1;; esac', 'ask'],
    ["sh -c 'backlog gate status FEAT-001'", undefined],
  ])('%j: %s', (source, decision) => expect(judge(source)?.decision).toBe(decision));

  it('calls behind a starter get the ids too', () => {
    const source = 'timeout 60 env A=1 backlog review submit --agent forged --from x';
    const calls = backlogCalls(readShell(source).commands);
    expect(withIds(source, calls, { session: 's1', agent: 'a1' }, () => undefined)).toBe(
      'timeout 60 env A=1 backlog review submit --from x --session s1 --agent a1',
    );
  });

  it.each([
    ['backlog review submit --agent --session x --json', 'backlog review submit x --json --session s1'],
    ['backlog ticket show A --agent forged --help', 'backlog ticket show A --help'],
    [
      'backlog gate waive lint --reason help --agent forged',
      'backlog gate waive lint --reason help --session s1',
    ],
  ])('typed ids are taken out of %j', (source, wanted) => {
    const calls = backlogCalls(readShell(source).commands);
    expect(withIds(source, calls, { session: 's1', agent: undefined }, () => undefined)).toBe(wanted);
  });

  it('an id of another form stays one word of the shell', () => {
    const calls = backlogCalls(readShell('backlog').commands);
    expect(withIds('backlog', calls, { session: "x'; rm y", agent: undefined }, () => undefined)).toBe(
      "backlog --session 'x'\\''; rm y'",
    );
  });

  it.each([
    ['backlog --cwd . gate waive lint', 'waive'],
    ['backlog --json commit --include x', 'include'],
    ['backlog gate status', undefined],
  ])('%j needs a person for: %s', (source, purpose) => {
    const [call] = backlogCalls(readShell(source).commands);
    expect(call && purposeOf(call)).toBe(purpose);
  });

  it.each([
    ['backlog gate status', true],
    ['backlog --cwd /shop/work gate run lint --ticket A', true],
    ['backlog --cwd "$X" gate run lint --ticket A', false],
    ['backlog --cwd /elsewhere gate run lint --ticket A', false],
    ['backlog llm-call --cwd=/elsewhere --file secrets', false],
    ['backlog hook UserPromptSubmit < forged.json', false],
  ])('%j may run unasked: %s', (source, plain) => {
    const [call] = backlogCalls(readShell(source).commands);
    expect(call && isPlainCall(call, '/our/bin/backlog', (folder) => folder.startsWith('/shop'))).toBe(plain);
  });
});

describe('what does no harm passes', () => {
  it.each([
    ['rm -f "$TMP/completed.log"'],
    ['tee "$DIR/completed-jobs.txt" < x'],
    ['echo done > "$OUT/completed"'],
    ['mv a src/completed/'],
    ["sed -i 's|x|/.backlog-ops/|' README.md"],
    ["sed -i '/.backlog-ops/d' .gitignore"],
    ["perl -Mstrict -ne 'print' .backlog-ops/usage-ledger.jsonl"],
    ['command -v git commit'],
    ['git commit --dry-run'],
    ['git help commit'],
    ['git config --get alias.ci'],
    ['git config --get core.worktree'],
    ['GIT_CONFIG_GLOBAL=/dev/null git status'],
    ['NO_COLOR=1 CI=1 backlog gate status FEAT-001'],
    ['export NODE_OPTIONS=--max-old-space-size=4096; npm test'],
    ['X=FEAT-001; backlog gate run lint --ticket $X'],
    ['DATABASE_URL=x backlog ticket list'],
    ['git clean -fdx node_modules'],
    ['git clean -fdx -e .backlog-ops'],
    ['git clean -nfdx'],
    ['git stash -u'],
    ['n=$((n+1)); git log --grep commit'],
    ['"$ROOT/node_modules/.bin/eslint" . && git log --grep commit'],
    ['cat > notes.md <<\'E\'\nuse git commit, or "sh"\nE'],
    ['bash scripts/check.sh && git log --grep commit'],
    ['git log --oneline | while read h m; do echo "$h commit"; done'],
    ['python3 -c "print(\'git commit\')"'],
    ['grep -rn completed/ backlog'],
    ['echo .backlog-ops/ >> .gitignore'],
    ['npm test > out.log 2>&1'],
  ])('%j', (source) => expect(judge(source)).toBeUndefined());
});

describe('hostile lines', () => {
  const much = (part: string): string => part.repeat(Math.floor(300_000 / part.length));
  it.each([
    ['redirections', much('>a ')],
    ['paths', `rm ${much('a ')}`],
    ['one long path', `rm ${much('a/')}`],
    ['commands for find', `find ${much('-exec ')}`],
    ['starters', much('env ')],
    ['nested scripts', much('sh -c "')],
  ])('much of %s is judged', (_name, source) =>
    expect(judge(source)?.decision ?? 'pass').toMatch(/pass|deny/),
  );

  it('very many calls are rewritten', () => {
    const source = much('backlog;');
    const calls = backlogCalls(readShell(source).commands);
    const rewritten = withIds(source, calls, { session: 's', agent: undefined }, () => undefined);
    expect(rewritten.length).toBe(source.length + calls.length * ' --session s'.length);
  });
});
