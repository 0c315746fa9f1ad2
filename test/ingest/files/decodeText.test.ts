import { describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { readAll, windows1252 } from './readAll.ts';

const HEADER = 'userId,improvements\n';
const nameOf = (value: unknown) => (value as { userId: string }).userId;

describe('the encoding of a file', () => {
  const text = `${HEADER}Zoë,"Das kostet 5 €, sagt René – „zu viel“"\nZoé,I don’t like it\n`;
  const values = [
    { userId: 'Zoë', improvements: 'Das kostet 5 €, sagt René – „zu viel“' },
    { userId: 'Zoé', improvements: 'I don’t like it' },
  ];

  it.each([
    ['UTF-8', 'utf-8', iconv.encode(text, 'utf-8')],
    ['UTF-8 with a mark', 'utf-8', iconv.encode(text, 'utf-8', { addBOM: true })],
    ['UTF-16LE with a mark', 'utf-16le', iconv.encode(text, 'utf-16le', { addBOM: true })],
    ['UTF-16BE with a mark', 'utf-16be', iconv.encode(text, 'utf-16be', { addBOM: true })],
    ['UTF-16LE without a mark', 'utf-16le', iconv.encode(text, 'utf-16le')],
    ['UTF-16BE without a mark', 'utf-16be', iconv.encode(text, 'utf-16be')],
    ['windows-1252', 'windows-1252', iconv.encode(text, 'windows-1252')],
  ])('%s is found, however the bytes are cut', async (_, encoding, bytes) => {
    for (const size of [1, 2, 3, 7, 1000])
      expect(await readAll(bytes, { size })).toMatchObject({ encoding, values, errors: {} });
  });

  it.each([
    ['iso-8859-1', 'windows-1252'],
    ['Windows-1252', 'windows-1252'],
    ['latin1', 'windows-1252'],
    ['UTF8', 'utf-8'],
    ['utf-16', 'utf-16le'],
    ['utf-16be', 'utf-16be'],
  ])('is the declared one: %s', async (charset, encoding) => {
    expect(await readAll(iconv.encode(text, encoding), { charset })).toMatchObject({ encoding, values });
  });

  it('is that of its mark, whatever is declared', async () => {
    const marked = iconv.encode(text, 'utf-16be', { addBOM: true });
    expect(await readAll(marked, { charset: 'iso-8859-1' })).toMatchObject({ encoding: 'utf-16be', values });
  });

  it('is windows-1252 if the first byte beyond ASCII comes late and is not UTF-8', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => `u${n},fine\n`).join('');
    const read = await readAll(windows1252(`${HEADER}${rows}Zo\xeb,late\n`), { size: 16 * 1024 });
    expect([read.encoding, read.values.length, nameOf(read.values.at(-1))]).toEqual(['windows-1252', 20_001, 'Zoë']);
  });

  it('is UTF-8 if the bytes end within a window of the decoder', async () => {
    const rows = 'ä'.repeat(40_000);
    const read = await readAll(`${HEADER}x,${rows}\n`, { size: 4_096 + 1 });
    expect(read).toMatchObject({ encoding: 'utf-8', values: [{ userId: 'x', improvements: rows }] });
  });
});

describe('a file that mixes encodings', () => {
  it('loses the row that is not UTF-8 alone, by its line', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}Zoë,Grün\n`),
      windows1252('Zo\xe9,Cut\n'),
      Buffer.from('Zoë,"Größe\nund"\n'),
      Buffer.from('Ann,Cut emoji 😀\n').subarray(0, -3),
      Buffer.from('\nBob,"replaced \ufffd stays"'),
    ]);
    const read = await readAll(bytes);
    expect(read.encoding).toBe('utf-8');
    expect(read.values.map(nameOf)).toEqual(['Zoë', 'Zoë', 'Bob']);
    expect(read.errors).toEqual({ 3: expect.stringMatching(/not UTF-8/), 6: expect.stringMatching(/not UTF-8/) });
  });

  it('loses rows in UTF-8 among windows-1252', async () => {
    const bytes = Buffer.concat([windows1252(`${HEADER}Zo\xe9,Caf\xe9 d\xe9j\xe0 vu\n`), Buffer.from('Zoë,Grün\n')]);
    const read = await readAll(bytes);
    expect([read.encoding, read.values.map(nameOf)]).toEqual(['windows-1252', ['Zoé']]);
    expect(read.errors).toEqual({ 3: expect.stringMatching(/UTF-8.*charset=windows-1252/) });
  });

  it('keeps what is valid in both, if the charset is declared', async () => {
    const read = await readAll(windows1252(`${HEADER}x,NESCAF\xc9\xae\n`), { charset: 'windows-1252' });
    expect(read.values).toEqual([{ userId: 'x', improvements: 'NESCAFÉ®' }]);
  });

  it('loses rows in windows-1252 if UTF-8 is declared', async () => {
    const read = await readAll(windows1252(`${HEADER}a,ok\nZo\xeb,no\n`), { charset: 'utf-8' });
    expect([read.values.map(nameOf), Object.keys(read.errors)]).toEqual([['a'], ['3']]);
  });
});

describe('bytes that are no text', () => {
  const russian = `${HEADER}u1,Отличный тренер и понятные уроки\nu2,Приложение работает очень медленно\n`;
  it.each([
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d4948445200000010', 'hex')],
    ['random bytes', Buffer.from(Array.from({ length: 2_000 }, (_, n) => (n * 7919 + ((n * n) % 251)) % 256))],
    ['UTF-32', Buffer.concat([Buffer.from('fffe0000', 'hex'), Buffer.from('a,b\n', 'utf16le')])],
    ['UTF-32 without a mark', Buffer.from('a\0\0\0,\0\0\0b\0\0\0\n\0\0\0', 'latin1')],
    ['a byte that windows-1252 lacks', windows1252(`${HEADER}Zo\xeb,caf\x81\n`)],
    ['windows-1251', iconv.encode(russian, 'windows-1251')],
    ['koi8-r', iconv.encode(russian, 'koi8-r')],
    ['cp866', iconv.encode(russian, 'cp866')],
    ['Greek', iconv.encode(`${HEADER}u1,Πολύ καλός προπονητής\nu2,Πολύ αργή εφαρμογή\n`, 'windows-1253')],
    ['Shift_JIS', iconv.encode(`${HEADER}u1,コーチはとても良いです。\nu2,遅い\n`, 'shift_jis')],
    ['GBK', iconv.encode(`${HEADER}u1,教练非常好,但是页面很慢\nu2,很满意\n`, 'gbk')],
    ['Big5', iconv.encode(`${HEADER}u1,教練非常好\nu2,頁面很慢很慢\n`, 'big5')],
    ['EUC-KR', iconv.encode(`${HEADER}u1,코치는 매우 좋습니다\n`, 'euc-kr')],
    ['DOS', iconv.encode(`${HEADER}u1,Très bien déjà\nu2,fatigué après\n`, 'cp850')],
    ['an old Mac', iconv.encode(`${HEADER}u1,café fatigué\nu2,Mädchen später\n`, 'macintosh')],
    ['Central Europe', iconv.encode(`${HEADER}u1,Bardzo słaba żółta łódź\n`, 'windows-1250')],
  ])('are refused: %s', async (_, bytes) => {
    await expect(readAll(bytes, { format: 'csv' })).rejects.toMatchObject({ name: 'FileProblem' });
  });

  it('are not suspected in western texts', async () => {
    for (const improvements of [
      'äöü ÄÖÜ ß gehen nicht',
      'ÄÖÜäöüß',
      '«Très bien», dit-elle… déjà',
      'naïve façade – œuvre',
      'São João não é fácil',
      '¿Qué tal? ¡Muy bien! 5 €',
      'Þetta er ágætt, ðað',
      'smørrebrød på Åland',
      '½ price, 25 °C, 3 m², ±5, “quoted” ™',
      'l·l, CO², 1º',
    ]) {
      const read = await readAll(iconv.encode(`${HEADER}u,"${improvements}"\n`, 'windows-1252'));
      expect([read.encoding, read.values]).toEqual(['windows-1252', [{ userId: 'u', improvements }]]);
    }
  });

  it('cost one row if they are few', async () => {
    const read = await readAll(`${HEADER}a,x\0y\nb,Grün\n`);
    expect([read.values.map(nameOf), read.errors]).toEqual([['b'], { 2: expect.stringMatching(/NUL/) }]);
    const odd = await readAll(Buffer.concat([Buffer.from(`\ufeff${HEADER}a,b\nc,d\n`, 'utf16le'), Buffer.from('x')]));
    expect([odd.values.map(nameOf), Object.keys(odd.errors)]).toEqual([['a', 'c'], ['4']]);
    const half = await readAll(Buffer.from(`\ufeff${HEADER}a,\ud83d!\nc,d\n`, 'utf16le'));
    expect([half.values.map(nameOf), half.errors]).toEqual([['c'], { 2: expect.stringMatching(/half a character/) }]);
  });

  it('are refused by the name of their charset', async () => {
    await expect(readAll(HEADER, { charset: 'shift_jis' })).rejects.toThrow('"shift_jis"');
    expect((await readAll(HEADER, { charset: 'us-ascii' })).encoding).toBe('utf-8');
  });
});
