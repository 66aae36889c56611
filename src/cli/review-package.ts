import type { Evidence } from '../gates/evidence.ts';
import type { ReviewPackage } from '../gates/review-request.ts';

/** The package as one document. */
export function reviewJson(shown: ReviewPackage): object {
  const { request, difference, since } = shown;
  return {
    request_id: request.id,
    ticket_id: request.ticket_id,
    title: shown.title,
    tree: request.tree,
    diff_sha256: request.diff,
    criteria: shown.criteria,
    files: difference.files.map(({ path, status }) => ({ path, status })),
    diff: difference.text,
    since_review: since === undefined ? null : { tree: request.reviewed_tree, diff: since.text },
    results: shown.results.map(result),
    code_rules: shown.codeRules,
    code_rules_text: shown.codeRulesText,
    unnamed_files: shown.unnamedFiles,
    plan_changes: shown.planChanges,
    confidence_threshold: shown.threshold,
  };
}

/** The package for people and agents, in Markdown. */
export function reviewText(shown: ReviewPackage): string {
  const { request, difference, since } = shown;
  const parts = [
    `# Review request ${request.id}`,
    `Ticket ${request.ticket_id}: ${shown.title}`,
    section(
      'Criteria',
      shown.criteria.map(({ id, text }) => `- ${id}: ${text}`),
    ),
    section(
      'Test and lint results',
      shown.results.map((record) => `- ${JSON.stringify(result(record))}`),
    ),
    section('Code rules', [
      ...shown.codeRules.map((rule, index) => `${index + 1}. ${rule}`),
      ...(shown.codeRulesText.trim() === '' ? [] : [shown.codeRulesText.trim()]),
    ]),
    section(
      'Changed files that the ticket does not name',
      shown.unnamedFiles.map((file) => `- ${file}`),
    ),
    section(
      'What the ticket promised before',
      shown.planChanges.map(
        ({ what, before, after }) => `- ${what}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
      ),
    ),
    since === undefined
      ? ''
      : section(`Changed since the last review (tree ${request.reviewed_tree})`, [fenced(since.text)]),
    section(since === undefined ? 'The change' : 'The whole change', [fenced(difference.text)]),
    `Findings at confidence ${shown.threshold} or above that are Critical or Important block.`,
    `Submit: backlog review submit --request ${request.id} --from -`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function result({ gate, phase, command, exit_code, tests, findings, details }: Evidence): object {
  return { gate, phase, command, exit_code, tests, findings, message: details?.message };
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}`;
}

/** A fence longer than any inside, so that a change to Markdown cannot end it. */
function fenced(text: string): string {
  const longest = Math.max(
    2,
    ...[...text.matchAll(/^[+\- ]?(`{3,})/gm)].map((match) => match[1]?.length ?? 0),
  );
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text.trimEnd()}\n${fence}`;
}
