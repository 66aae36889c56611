/** Endings of files that hold no code: documentation, texts, styles, data, images, sound and fonts. */
const otherEndings = new Set(
  (
    'md mdx markdown txt rst adoc org tex pdf css scss sass less styl json jsonc json5 jsonl yaml yml toml ini cfg conf ' +
    'properties csv tsv snap po pot lock sum svg png jpg jpeg gif webp avif ico bmp mp3 mp4 wav ogg webm woff woff2 ttf otf'
  ).split(' '),
);

/** Files without an ending that hold no code. */
const otherNames = new Set(
  (
    'license licence notice authors contributors maintainers codeowners copying readme changelog version ' +
    '.gitignore .gitattributes .gitkeep .keep .editorconfig .mailmap .nvmrc .node-version .python-version .tool-versions'
  ).split(' '),
);

/**
 * Whether a path names code in the sense of `tests: none` and the quick lane: something that a test could tell wrong from
 * right. What is not known to be none is code, so that a script without an ending, a Makefile or a Dockerfile is.
 */
export function isCodeFile(file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1).toLowerCase();
  if (otherNames.has(name)) return false;
  const dot = name.lastIndexOf('.');
  return dot < 0 || !otherEndings.has(name.slice(dot + 1));
}
