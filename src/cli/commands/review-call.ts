import { type AskModel, callReview, type ReviewQuestion } from '../../gates/review-call.ts';
import { timestamp } from '../../platform/clock.ts';
import { ExitCode } from '../../platform/errors.ts';
import { projectName } from '../../project/name.ts';
import type { Answer } from '../../router/call.ts';
import { compileSchema } from '../../router/json-schema.ts';
import { callModel } from '../../router/route.ts';
import { gateCallOf, ticketIdOf } from '../gate-call.ts';
import type { Io } from '../io.ts';
import { printReview } from '../review-outcome.ts';
import type { CommandFunction } from '../table.ts';
import { wiringFor } from './llm-call-wiring.ts';

/** `backlog review call`: one model call reviews a trivial ticket. */
export const call: CommandFunction = async (invocation, io) => {
  const gateCall = gateCallOf(io);
  const ticketId = ticketIdOf(invocation, gateCall);
  printReview(io, await callReview(gateCall, ticketId, askBy(io, gateCall.paths)));
  return ExitCode.Ok;
};

/** By the router, on the ticket's account. */
function askBy(io: Io, project: ReturnType<typeof gateCallOf>['paths']): AskModel {
  return async ({ ticketId, system, prompt, schema, tier, config }: ReviewQuestion) => {
    const wiring = wiringFor(project, io, {
      llmOps: config.llmOps,
      context: {
        ticket_id: ticketId,
        gate: 'review',
        project: projectName(project.root).name,
        agent_type: 'reviewer',
        skill: '',
        updated_at: timestamp(io.clock),
      },
    });
    const sentAt = timestamp(io.clock);
    let answer: Answer | undefined;
    try {
      answer = await callModel(
        {
          wanted: { kind: 'model', name: tier },
          system,
          messages: [{ role: 'user', content: prompt }],
          maxTokens: 4096,
          temperature: 0,
          schema: compileSchema(schema, 'the schema of a verdict'),
          tags: wiring.tags,
          gate: 'review',
          agent: 'reviewer',
        },
        wiring.deps,
      );
      const { record, text } = answer;
      return {
        text,
        recordId: record.id,
        model: record.model,
        provider: record.provider,
        tier: record.tier,
        local: record.billing === 'local',
      };
    } finally {
      await wiring.logChat({ sentAt, system, prompt, answer });
      await wiring.close();
    }
  };
}
