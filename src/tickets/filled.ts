/** Words that stand where content should. */
const placeholder =
  /^(?:tbd|todo|to do|tba|n\/?a|none yet|fixme|xxx+|\.{3,}|…|-+|\?+|lorem ipsum.*|<[^>]{0,200}>|\[[^\]]{0,200}\]|\{\{?[^}]{0,200}\}?\}|yyyy-mm-dd|describe .{0,80} here\.?)$/i;

/** Text without HTML comments. An unclosed comment hides the rest, as it does in a page. */
export function withoutComments(text: string): string {
  const parts: string[] = [];
  for (let at = 0; ; ) {
    const open = text.indexOf('<!--', at);
    if (open < 0) return [...parts, text.slice(at)].join('');
    parts.push(text.slice(at, open));
    const close = text.indexOf('-->', open + 4);
    if (close < 0) return parts.join('');
    at = close + 3;
  }
}

/** Whether a text says anything: comments, headings, empty tables, empty list items and placeholders do not. */
export function isFilled(text: string): boolean {
  return withoutComments(text)
    .split('\n')
    .some((line) => isContent(line.trim()));
}

/** Whether a single value says anything. */
export function isFilledValue(value: string): boolean {
  const bare = withoutComments(value).trim();
  return bare !== '' && !placeholder.test(bare);
}

function isContent(line: string): boolean {
  if (line === '' || /^#{1,6}( |$)/.test(line) || /^(`{3,}|~{3,})/.test(line)) return false;
  if (line.startsWith('|')) return /^\|?[\s:|-]*$/.test(line) ? false : tableCells(line).some(isFilledValue);
  const item = line.replace(/^(?:[-*+]|[0-9]{1,4}[.)])\s+(?:\[[ xX]\]\s*)?(?:AC-[0-9]+:?)?/, '');
  return item !== '-' && item !== '*' && isFilledValue(item);
}

function tableCells(line: string): string[] {
  return line.replaceAll(/^\||\|$/g, '').split('|');
}
