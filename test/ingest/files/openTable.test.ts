import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { openTable } from '../../../src/ingest/files/openTable.ts';
import { undoGzip } from '../../../src/ingest/files/undoGzip.ts';
import { inPieces, readAll, windows1252 } from './readAll.ts';

describe('openTable', () => {
  it.each([
    ['csv', 'a,b\n1,2\n'],
    ['csv', '\ufeff"{a}";b\n1;2\n'],
    ['ndjson', ' \n{"a":1}\n'],
    ['ndjson', '\ufeff{"a":1}'],
  ])('finds the format: %s', async (format, file) => {
    expect((await readAll(file)).format).toBe(format);
  });

  it.each([
    ['a JSON list', '[{"a":1}]', /one JSON object for each line/],
    ['gzip', gzipSync('a,b\n'), /gzip/],
    ['a PDF', '%PDF-1.7\n', /PDF/],
  ])('refuses %s', async (_, file, message) => {
    await expect(readAll(file)).rejects.toMatchObject({ kind: 'wrongType', message: expect.stringMatching(message) });
  });

  it('refuses a workbook that is declared as CSV, and a CSV that is declared as workbook', async () => {
    await expect(readAll('PK\x03\x04', { format: 'csv' })).rejects.toMatchObject({ kind: 'wrongType' });
    await expect(readAll('a,b', { format: 'xlsx' })).rejects.toMatchObject({ kind: 'wrongType' });
  });

  it('refuses a file over the limit once it is reached', async () => {
    const table = await openTable(inPieces(Buffer.from(`a\n${'1\n'.repeat(100_000)}`), 65_536), { maxBytes: 150_000 });
    const rows = async () => {
      for await (const _ of table.rows);
    };
    await expect(rows()).rejects.toMatchObject({ kind: 'tooLarge' });
  });

  it.each(['read to the end', 'left', 'not read', 'refused'])('ends its source if it is %s', async (way) => {
    let isEnded = false;
    async function* source() {
      try {
        for (;;) {
          yield Buffer.from(way === 'refused' ? '\x89PNG\0\0' : 'a,b\n1,2\n'.repeat(100));
          if (way === 'read to the end') return;
        }
      } finally {
        isEnded = true;
      }
    }
    const table = await openTable(source(), { format: 'csv', maxBytes: 1e9 }).catch(() => undefined);
    if (way === 'left') for await (const _ of table!.rows) break;
    if (way === 'read to the end') for await (const _ of table!.rows);
    if (way === 'not read') await table!.close();
    expect(isEnded).toBe(true);
  });
});

describe('NDJSON', () => {
  it('has a value for each line, whatever its end, and errors by line', async () => {
    const file = '{"a":"x\u2028y"}\r\n\n{"a":1}\r{"a":2}\n{"a":1,"a":2}\n nonsense\n  \n[1]';
    for (const size of [1, 3, 1000]) {
      const { values, errors } = await readAll(file, { size, format: 'ndjson' });
      expect(values).toEqual([{ a: 'x\u2028y' }, { a: 1 }, { a: 2 }, [1]]);
      expect(errors).toEqual({ 5: expect.stringMatching(/same key twice/), 6: expect.stringMatching(/^is not JSON/) });
    }
  });

  it('is read in windows-1252', async () => {
    const read = await readAll(windows1252('{"a":"Zo\xeb\x92s"}\n'));
    expect(read).toMatchObject({ format: 'ndjson', encoding: 'windows-1252', values: [{ a: 'Zoë’s' }] });
  });

  it('ends at a line over the limit', async () => {
    await expect(readAll(`{"a":1}\n{"a":"${'x'.repeat(300_000)}"}\n`)).rejects.toMatchObject({
      kind: 'tooLarge',
      message: expect.stringMatching(/^Line 2 is over/),
    });
  });
});

describe('undoGzip', () => {
  const read = async (bytes: Buffer, size?: number) => {
    const chunks: Buffer[] = [];
    for await (const chunk of await undoGzip(inPieces(bytes, size))) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  it('decompresses gzip and passes on the rest', async () => {
    const text = 'a,b\n1,2\n'.repeat(10_000);
    for (const size of [1, 1000]) expect(await read(gzipSync(text), size)).toBe(text);
    expect(await read(Buffer.from('a'))).toBe('a');
    expect(await read(Buffer.alloc(0))).toBe('');
  });

  it('refuses gzip that is cut off or damaged', async () => {
    const whole = gzipSync('a,b\n1,2\n'.repeat(10_000));
    for (const bytes of [whole.subarray(0, -10), Buffer.concat([whole.subarray(0, 20), Buffer.alloc(50, 7)])])
      await expect(read(bytes)).rejects.toMatchObject({ name: 'FileProblem', kind: 'unreadable' });
  });
});
