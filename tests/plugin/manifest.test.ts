import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../support/cli.ts';
import { filesIn, readJson } from './parts.ts';

const versioned = z.looseObject({ name: z.string(), version: z.string(), description: z.string() });
const packageJson = versioned.parse(readJson('package.json'));
const plugin = versioned.parse(readJson('.claude-plugin/plugin.json'));
const marketplace = z
  .looseObject({ name: z.string(), plugins: z.array(versioned).length(1) })
  .parse(readJson('.claude-plugin/marketplace.json'));

describe('the manifests', () => {
  it('agree in name, version and description', () => {
    const said = ({ name, version, description }: z.infer<typeof versioned>) => ({
      name,
      version,
      description,
    });
    expect(said(plugin)).toEqual(said(packageJson));
    expect(said(marketplace.plugins[0] ?? plugin)).toEqual(said(packageJson));
    expect(marketplace.name).toBe('backlog-agents');
  });

  it('come with an icon: a square PNG of 512 to 2048 pixels', () => {
    const png = readFileSync(path.join(repositoryRoot, '.claude-plugin/icon.png'));
    expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    expect(width).toBe(height);
    expect(width).toBeGreaterThanOrEqual(512);
    expect(width).toBeLessThanOrEqual(2048);
  });

  it('put only programs on PATH: each file of bin/ is listed as one', () => {
    expect(filesIn('bin')).toEqual(['bin/backlog']);
    expect(statSync(path.join(repositoryRoot, 'bin/backlog')).mode & 0o111).toBe(0o111);
  });
});
