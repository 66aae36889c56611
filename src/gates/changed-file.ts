/** A file that two trees have differently. */
export interface ChangedFile {
  /** Relative to the worktree's root, forward slashes. */
  readonly path: string;
  /** T: the kind changed, such as file to link. A rename is a D and an A. */
  readonly status: 'A' | 'M' | 'D' | 'T';
  /** Octal, such as `100755`; `000000` for a deleted file. */
  readonly mode: string;
  /** Blob id; zeros for a deleted file. */
  readonly blob: string;
}
