/** A text as one word for a POSIX shell: nothing in it is interpreted. For commands that people type. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
