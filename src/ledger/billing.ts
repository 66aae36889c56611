import type { Billing } from './record.ts';

/**
 * How Claude Code's own requests are paid, which its transcripts do not say: as configured (`llmOps.billing`), else by request
 * when a key is in the environment, else nobody knows.
 */
export function sessionBilling(configured: Billing | undefined, env: NodeJS.ProcessEnv): Billing {
  if (configured !== undefined && configured !== 'unknown') return configured;
  return env.ANTHROPIC_API_KEY ? 'api' : 'unknown';
}
