/** Why a file is not indexed. */
export type SkipReason = 'secret' | 'generated' | 'binary' | 'too-large' | 'link' | 'unreadable';

/** Folders of what is made or fetched, wherever they lie; ignored ones are not even listed. */
const generatedFolders = new Set(
  (
    'node_modules bower_components vendor third_party dist .git .hg .svn .backlog-ops __pycache__ .venv venv .tox ' +
    '.mypy_cache .pytest_cache .ruff_cache .gradle .next .nuxt .svelte-kit .terraform .idea coverage .nyc_output'
  ).split(' '),
);

/** Folders of outputs where nothing says what is ignored. */
const outputFolders = new Set(['build', 'target', 'out', 'bin', 'obj', 'tmp', 'logs']);

const generatedNames =
  /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|cargo\.lock|poetry\.lock|uv\.lock|pipfile\.lock|composer\.lock|gemfile\.lock|go\.sum|flake\.lock)$|\.(?:min\.(?:js|css)|map|snap|lock|svg|pb\.go|g\.dart)$/;

const secretNames =
  /^(?:\.env(?:\..*)?|.*\.env|\.netrc|_netrc|\.npmrc|\.pypirc|\.pgpass|\.htpasswd|\.git-credentials|credentials(?:\.\w+)?|secrets?\.(?:json|ya?ml|toml|ini|env|properties)|id_(?:rsa|dsa|ecdsa|ed25519)(?:\..*)?|service[-_]account.*\.json|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|tfvars|tfstate))$/;
const secretExamples =
  /^\.?env\.?(?:example|sample|template|dist)$|^\.env\.(?:example|sample|template|dist)$/;
const secretFolders = new Set(['.ssh', '.aws', '.gnupg', '.azure', '.kube']);

const binaryNames =
  /\.(?:png|jpe?g|gif|webp|avif|ico|bmp|tiff?|psd|pdf|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|so|dylib|dll|exe|o|a|lib|wasm|node|pyc|mp[34]|wav|ogg|webm|mov|avi|flac|ttf|otf|woff2?|eot|db|sqlite3?|parquet|bin|dat|onnx|pt|safetensors|gguf)$/;

/**
 * Why a file is left out by its name alone, or `undefined`.
 * @param file relative to the project, with forward slashes
 * @param ignoreKnown whether git has already left out what is ignored
 */
export function skippedByName(file: string, ignoreKnown: boolean): SkipReason | undefined {
  const folders = file.split('/');
  const name = (folders.pop() ?? '').toLowerCase();
  if (folders.some((folder) => secretFolders.has(folder))) return 'secret';
  if (secretNames.test(name) && !secretExamples.test(name)) return 'secret';
  if (folders.some((folder) => generatedFolders.has(folder) || (!ignoreKnown && outputFolders.has(folder))))
    return 'generated';
  if (generatedNames.test(name)) return 'generated';
  return binaryNames.test(name) ? 'binary' : undefined;
}

/** Whether a walk without git goes into a folder of this name. */
export function isWalked(folder: string): boolean {
  return !generatedFolders.has(folder) && !outputFolders.has(folder) && !secretFolders.has(folder);
}

/** Lines of this mean length, in characters, are nobody's writing: packed scripts, data in one line. */
const PACKED_LINE = 400;

/** Why a file is left out by what stands in it, or `undefined`. */
export function skippedByContent(bytes: Buffer): SkipReason | undefined {
  if (bytes.subarray(0, 8192).includes(0)) return 'binary';
  if (/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY/.test(bytes.subarray(0, 4096).toString('latin1'))) return 'secret';
  let lines = 1;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1;
  return bytes.length > 4096 && bytes.length / lines > PACKED_LINE ? 'generated' : undefined;
}
