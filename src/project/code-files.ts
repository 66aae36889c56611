/** Endings of files that hold code, in the sense of `tests: none`: something that a test could tell wrong from right. */
const endings = new Set(
  (
    'js jsx mjs cjs ts tsx mts cts vue svelte astro py pyi go rs swift java kt kts scala groovy c h cc cpp cxx hpp hh m mm cs fs ' +
    'vb php rb pl pm lua r jl ex exs erl hs elm clj cljs dart zig nim sol sh bash zsh ps1 sql graphql proto ipynb'
  ).split(' '),
);

/** Whether a path names code. Documentation, texts, styles, images and data are none. */
export function isCodeFile(file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return endings.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) && name.includes('.');
}
