import * as z from 'zod';
import { BacklogError, ExitCode } from '../platform/errors.ts';

/** Worst first. Critical and Important block at or above the configured confidence. */
export const severities = ['Critical', 'Important', 'Suggestion'] as const;

const finding = z.strictObject({
  severity: z.enum(severities),
  /** 0 to 100: how sure the reviewer is that it is real. */
  confidence: z.number().min(0).max(100),
  /** Relative to the worktree's root. */
  file: z.string().min(1).max(4096),
  line: z.number().int().min(1),
  message: z.string().trim().min(1).max(10_000),
});

const verdictSchema = z.strictObject({
  verdict: z.enum(['approved', 'changes-requested']),
  findings: z.array(finding).max(500),
  // Accepted, as agents like to sign, and never believed: the id comes from hook records.
  reviewer_agent_id: z.string().optional(),
});

/** The JSON Schema of a verdict, for a model that is asked for one. */
export function verdictJsonSchema(): unknown {
  return z.toJSONSchema(verdictSchema.omit({ reviewer_agent_id: true }));
}

export type ReviewFinding = z.infer<typeof finding>;
export type Verdict = Pick<z.infer<typeof verdictSchema>, 'verdict' | 'findings'>;

/** Most bytes of a verdict: 1 MiB. */
const LIMIT = 1024 * 1024;

/**
 * A reviewer's verdict from its JSON text.
 * @throws BacklogError `verdict-invalid` (exit 2) with every problem; nothing is stored then
 */
export function parseVerdict(text: string): Verdict {
  if (text.trim() === '') throw invalid(['it is empty']);
  if (text.length > LIMIT) throw invalid([`it is longer than ${LIMIT} characters`]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid([`it is no JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const doubled = doubledKeys(text);
  if (doubled.length > 0) throw invalid(doubled.map((key) => `"${key}" is there twice, and says two things`));
  const parsed = verdictSchema.safeParse(value);
  if (!parsed.success)
    throw invalid(
      parsed.error.issues.map(
        ({ path, message }) => `${path.length > 0 ? path.join('.') : 'the verdict'}: ${message}`,
      ),
    );
  return { verdict: parsed.data.verdict, findings: parsed.data.findings };
}

/** Keys that an object has more than once: JSON.parse takes the last in silence. @param text JSON that was parsed already */
function doubledKeys(text: string): string[] {
  const open: (Set<string> | undefined)[] = [];
  const doubled: string[] = [];
  for (const { 0: token, 1: key } of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (key !== undefined) {
      const name = String(JSON.parse(key));
      const keys = open.at(-1);
      if (keys?.has(name)) doubled.push(name);
      keys?.add(name);
    }
  }
  return doubled;
}

/** Findings that keep a change from being approved. @param threshold confidence, 0 to 100 */
export function blockingFindings(findings: readonly ReviewFinding[], threshold: number): ReviewFinding[] {
  return findings.filter(({ severity, confidence }) => severity !== 'Suggestion' && confidence >= threshold);
}

/** Findings as evidence keeps them; anything else there is none of ours. */
export function readFindings(value: unknown): ReviewFinding[] {
  const parsed = z.array(finding).safeParse(value);
  return parsed.success ? parsed.data : [];
}

function invalid(problems: readonly string[]): BacklogError {
  return new BacklogError({
    code: 'verdict-invalid',
    message: `the verdict cannot be used:\n  ${problems.slice(0, 20).join('\n  ')}`,
    fix: 'hand in {"verdict": "approved" or "changes-requested", "findings": [{"severity": "Critical", "Important" or "Suggestion", "confidence": 0-100, "file", "line", "message"}]}',
    exitCode: ExitCode.Usage,
    details: { problems },
  });
}
