import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

describe('the list of what the service is made of', () => {
  it('is CycloneDX, bears our name, and has every package that is needed to run', async () => {
    const own = JSON.parse(await readFile('package.json', 'utf8'));
    const { stdout } = await promisify(execFile)('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
      maxBuffer: 64 * 1024 * 1024,
    });
    const bill = JSON.parse(stdout);
    // npm takes `name` from the folder, whatever that is called.
    const us = `${own.name}@${own.version}`;
    expect([bill.bomFormat, bill.metadata.component['bom-ref']]).toEqual(['CycloneDX', us]);
    const names = bill.components.map(({ group, name }: { group?: string; name: string }) =>
      group ? `${group}/${name}` : name,
    );
    expect(names).toEqual(expect.arrayContaining(Object.keys(own.dependencies)));
  }, 60_000);
});

describe('.ci/run', () => {
  it('looks for known holes in what we depend on, and lists it', async () => {
    const script = await readFile('.ci/run', 'utf8');
    expect(script).toContain('npm audit --audit-level=high');
    expect(script).toContain('npm sbom --sbom-format cyclonedx');
  });
});
