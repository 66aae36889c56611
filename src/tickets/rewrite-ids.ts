/**
 * Replaces ids where a text names them: as words, as the beginning of a file name (`FEAT-001-login.md`) and of an anchor
 * (`#feat-001-login`). `FEAT-0010`, `XFEAT-001` and `AUDIT-FEAT-001` are other names. All at once, so that ids can change places.
 */
export function withIds(text: string, ids: ReadonlyMap<string, string>): string {
  if (ids.size === 0) return text;
  return text.replaceAll(
    /(?:(#)|(?<![A-Za-z0-9_.-]))([A-Za-z][A-Za-z0-9]*-[0-9]{1,9}(?:\.[0-9]{1,9})*)(?![A-Za-z0-9_])/g,
    (all, hash: string | undefined, id: string) => {
      const exact = ids.get(id);
      if (exact !== undefined) return `${hash ?? ''}${exact}`;
      const anchor = hash === '#' ? ids.get(id.toUpperCase()) : undefined;
      return anchor === undefined ? all : `#${anchor.toLowerCase()}`;
    },
  );
}
