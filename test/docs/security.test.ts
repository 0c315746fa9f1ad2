import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

describe('docs/security.md', () => {
  it('names a test for each threat, and every file that it names exists', async () => {
    const page = await readFile('docs/security.md', 'utf8');
    const rows = [...page.matchAll(/^\|(?! threat|[ -]*\|)(.+)\|$/gm)].map(([, row = '']) => row.split('|'));
    expect(rows.length).toBeGreaterThan(25);
    for (const row of rows) expect(row.at(-1)).toMatch(/`test\/|npm run chaos/);
    for (const [, path = ''] of page.matchAll(/`((?:test|src|docs)\/[^`]+)`/g))
      await expect(access(path).then(() => path)).resolves.toBe(path);
    for (const [, path = ''] of page.matchAll(/\]\(([^)#]+)\)/g)) await access(`docs/${path}`);
  });
});
