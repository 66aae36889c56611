/** One call of the program as a text shows it to the model. */
export interface Call {
  readonly line: number;
  readonly text: string;
}

/** Calls in inline code and in code blocks: whatever begins with `backlog ` there. */
export function backlogCalls(text: string): Call[] {
  let fenced = false;
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*```/.test(line)) {
      fenced = !fenced;
      return [];
    }
    const codes = fenced ? [line.trim(), ...inline(line)] : inline(line);
    return codes
      .filter((code) => /^backlog(?= |$)/.test(code))
      .map((code) => ({ line: index + 1, text: code }));
  });
}

function inline(line: string): string[] {
  return [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** The words of a call, quotes taken off, without redirections: `<<'PLAN'`. A slot such as `<id>` is a word. */
export function wordsOf(call: string): string[] {
  const words = [...call.matchAll(/<<\S+|"[^"]*"|'[^']*'|\S+/g)].map((match) => match[0]);
  return words.filter((word) => !word.startsWith('<<')).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}
