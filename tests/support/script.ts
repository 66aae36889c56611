import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { repositoryRoot } from './cli.ts';

/**
 * Makes a program out of TypeScript that imports from `src/`, for tests that need processes of their own. The script reads its
 * arguments from `process.argv`.
 * @param imports what to import, by file below `src/`
 */
export async function script(
  folder: string,
  imports: Readonly<Record<string, string>>,
  body: string,
): Promise<(...args: readonly string[]) => Promise<{ exitCode: number | null; stdout: string }>> {
  const file = path.join(folder, `script-${Object.values(imports).join('-').replaceAll(/\W/g, '')}.mjs`);
  const lines = Object.entries(imports).map(
    ([names, source]) =>
      `import { ${names} } from ${JSON.stringify(path.join(repositoryRoot, 'src', source))};`,
  );
  await build({
    stdin: { contents: [...lines, body].join('\n'), resolveDir: repositoryRoot, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // As in scripts/build.mjs: CommonJS libraries inside the bundle still ask for `require`.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    outfile: file,
    logLevel: 'error',
  });
  return (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.on('error', reject);
      child.on('close', (exitCode) => resolve({ exitCode, stdout }));
    });
}
