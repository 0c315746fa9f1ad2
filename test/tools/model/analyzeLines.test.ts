import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { analyzeLines } from '../../../tools/model/analyze/analyzeLines.ts';

const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });

async function run(lines: Iterable<string | Buffer>) {
  const output = new PassThrough();
  const faults: string[] = [];
  const read = (async () => {
    let text = '';
    for await (const chunk of output) text += chunk;
    return text;
  })();
  const broken = await analyzeLines({
    input: Readable.from(lines),
    output,
    analyze,
    reportLine: (line, fault) => faults.push(`${line}: ${fault}`),
  });
  output.end();
  const written = (await read).split('\n').filter((line) => line !== '');
  return { broken, faults, written: written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('analyzeLines', () => {
  it('answers valid lines in order, and reports invalid ones with their number', async () => {
    const { broken, faults, written } = await run([
      '{"id":"a","improvements":"The calendar is slow"}\n',
      'nonsense\n\n[1]\n{"id":"b"}\n{"id":"c","improvements":5}\n',
      '{"id":"d","improvements":"Lovely"}',
    ]);
    expect(written.map(({ id }) => id)).toEqual(['a', 'b', 'd']);
    expect(broken).toBe(3);
    expect(faults).toEqual(['2: not JSON', '4: not a JSON object', '6: "improvements" must be a string']);
    expect(written[0]).toMatchObject({
      sentiment: { label: 'negative' },
      kind: 'problem',
      language: 'en',
      clauses: [{ start: 0, end: 20 }],
      mentions: [{ theme: 'performance', clause: { start: 0, end: 20 } }, { theme: 'calendar' }],
      analysisVersion: expect.any(String),
    });
    expect(written[1]).toMatchObject({
      sentiment: null,
      kind: null,
      language: null,
      clauses: [],
      mentions: [],
    });
  });

  it.each([
    ['with a mark', 'utf8', '\ufeff'],
    ['in UTF-16', 'utf16le', '\ufeff'],
    ['in windows-1252', 'latin1', ''],
  ] as const)('reads lines %s, and splits none at U+2028', async (_, encoding, mark) => {
    const separator = encoding === 'latin1' ? ' ' : '\u2028';
    const lines = `${mark}{"id":"Zoë","improvements":"The calendar${separator}is slow"}\r\n{"id":"é","improvements":"Lovely"}`;
    const { broken, written } = await run([Buffer.from(lines, encoding)]);
    expect([broken, written.map(({ id }) => id)]).toEqual([0, ['Zoë', 'é']]);
    expect(written[0]).toMatchObject({ mentions: [{ theme: 'performance' }, { theme: 'calendar' }] });
  });

  it('reports a line that is not in the encoding of the rest, and refuses other bytes', async () => {
    const mixed = Buffer.concat([Buffer.from('{"id":"Zoë"}\n'), Buffer.from('{"id":"Zo\xeb"}\n', 'latin1')]);
    expect(await run([mixed])).toMatchObject({ faults: [expect.stringMatching(/^2: .*not UTF-8/)] });
    await expect(run([Buffer.from([0, 1, 2, 255])])).rejects.toMatchObject({ name: 'FileProblem' });
  });

  it('waits for a slow reader (back-pressure)', async () => {
    let produced = 0;
    const line = `${JSON.stringify({ id: 'x', improvements: 'The calendar is slow. '.repeat(20) })}\n`;
    function* lines() {
      for (; produced < 20_000; produced++) yield line;
    }
    const output = new PassThrough();
    const done = analyzeLines({ input: Readable.from(lines()), output, analyze, reportLine: () => {} });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(produced).toBeLessThan(5_000);
    output.resume();
    expect(await done).toBe(0);
    expect(produced).toBe(20_000);
  });
});
