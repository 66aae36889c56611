/** What stands before an id after a slash: a folder of tickets, by its name or from within, or the id before it in a list. */
const besideTickets = /(?<![\w-])(?:pending|completed|\.\.?|[A-Z][A-Z0-9]{0,19}-[0-9]{1,9})\/$/;

/**
 * Replaces ids where a text names them: as words, as the beginning of a file name (`FEAT-001-login.md`) and of an anchor
 * (`#feat-001-login`). `FEAT-0010`, `XFEAT-001` and `AUDIT-FEAT-001` are other names; so are `https://example.com/FEAT-001` and
 * `docs/FEAT-001.md`, which stay where they are. All at once, so that ids can change places.
 */
export function withIds(text: string, ids: ReadonlyMap<string, string>): string {
  if (ids.size === 0) return text;
  return text.replaceAll(
    /(?:(#)|(?<![A-Za-z0-9_.-]))([A-Za-z][A-Za-z0-9]*-[0-9]{1,9}(?:\.[0-9]{1,9})*)(?![A-Za-z0-9_])/g,
    (all, hash: string | undefined, id: string, at: number) => {
      if (text[at - 1] === '/' && !besideTickets.test(text.slice(Math.max(0, at - 32), at))) return all;
      const exact = ids.get(id);
      if (exact !== undefined) return `${hash ?? ''}${exact}`;
      const anchor = hash === '#' ? ids.get(id.toUpperCase()) : undefined;
      return anchor === undefined ? all : `#${anchor.toLowerCase()}`;
    },
  );
}
