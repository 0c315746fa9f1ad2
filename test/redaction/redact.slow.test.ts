import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FINDING_KINDS } from '../../src/redaction/finding.ts';
import { findSensitive, kindsIn, MARKERS, mask } from '../../src/redaction/redact.ts';
import { growthOver, medianMs } from '../support/timing.ts';

/** Pieces of random texts, which are personal data or come close to it. */
const PIECES = [
  ...['maria@example.com', '@', 'a@b.', '.com', 'x', '’', '+49 30 123456', '+1 ', '0171 2345678', '(', ')', '030'],
  ...[
    '4111 1111 1111 1111',
    '4111',
    '1111 ',
    'DE89 3704 0044 0532 0130 00',
    'DE89',
    'GB',
    '2024-01-15',
    '12:30',
    '1.2.3.4',
  ],
  ...[
    'password=',
    'password: a1',
    'hunter2',
    'Bearer ',
    'eyJhbGciOiJI',
    '.',
    'ghp_',
    'AKIA',
    'sk_live_',
    '://a:',
    'ft_',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    'Zx9',
    '/',
    '-',
    '_',
    '=',
    ' ',
    '\n',
    '  ',
    'call ',
    'order ',
  ],
  ...[
    '%40',
    '&#64;',
    '&#46;',
    ' (at) ',
    '[dot]',
    '(',
    '＠',
    '．',
    'ａ',
    'test',
    '&',
    '#x40;',
    '%25',
    '3f786850',
    'commit ',
  ],
  ...['7', '00', '99', '電話', '٠٥٠', '😀', '\ud83d', '\ude00', '"', '&', ...Object.values(MARKERS)],
];
const texts = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    ),
    {
      maxLength: 24,
    },
  )
  .map((pieces) => pieces.join(''));

describe('redaction', () => {
  it('masks each kind with its own marker, and changes nothing else', () => {
    const text =
      'Mail maria@example.com or call +49 30 1234567; card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, password=hunter2 🙈.';
    expect(mask(text)).toBe('Mail [mail] or call [tel]; card [card], IBAN [iban], password=[key] 🙈.');
    expect(kindsIn([text])).toEqual([...FINDING_KINDS]);
    expect(kindsIn(['Great coach, but slow.', 'on 2024-01-15'])).toEqual([]);
  });

  it.each([
    ['https://u:sk_live_abcdefghijklmnop!moresecret1@host', 'https://u:[key]@host'],
    ['Bearer ghp_abcdefghijklmnopqrst/rest1.', 'Bearer [key].'],
    ['password=sk_live_abcdefghijklmnop!rest', 'password=[key]'],
  ])('masks the whole of a secret that contains another one: %s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it.each([
    ['mail ana&#64;example.test please', 'mail [mail] please'],
    ['ana&#064;example&#46;test', '[mail]'],
    ['ana&#x40;example.test.', '[mail].'],
    ['ana&#X0040;example&#x2E;test', '[mail]'],
    ['ana&#64example.test', '[mail]'],
    ['ana&commat;example&period;test', '[mail]'],
    ['&#97;&#110;&#97;&#64;example.test', '[mail]'],
    ['https://x.example/?email=ana.b%40example.test&page=2', 'https://x.example/?email=[mail]&page=2'],
    ['to=ana%2540example.test', 'to=[mail]'],
    ['mailto:ana%40example%2Etest', 'mailto:[mail]'],
    ['write to ana (at) example.test, thanks', 'write to [mail], thanks'],
    ['ana[at]example[dot]test', '[mail]'],
    ['ana {AT} example {DOT} test', '[mail]'],
    ['ana<at>example.test', '[mail]'],
    ['ana (dot) maria ( at ) mail (dot) example (dot) test', '[mail]'],
    ['ana.berg(ät)beispiel(punkt)de', '[mail]'],
    ['ana [arroba] ejemplo [punto] es', '[mail]'],
    ['ana(arobase)exemple(point)fr', '[mail]'],
    ['ana＠example.test', '[mail]'],
    ['ana﹫example．test', '[mail]'],
    ['ａｎａ＠ｅｘａｍｐｌｅ．ｔｅｓｔ', '[mail]'],
    ['анна＠пример．рф', '[mail]'],
    ['one a%40b.test and two c(at)d.test', 'one [mail] and two [mail]'],
  ])('masks an address with encoded characters, and nothing beside it: %s', (text, masked) => {
    expect(mask(text)).toBe(masked);
    expect(kindsIn([text])).toEqual(['e-mail']);
  });

  it.each([
    'Look at example.com (at home) or (at) work.',
    'Prices rose 20%40 times; see &#64; and &amp; in the text',
    'meet me [at] noon, or call (at) one',
    '50%4 off, R&D (point) and ＠ alone',
    '渋谷＠東京',
  ])('leaves text alone that only looks encoded: %s', (text) => expect(mask(text)).toBe(text));

  const SHA1 = '3f786850e387550fdab836ed7e6dc881de23001b';
  const SHA256 = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
  it.each([
    `It broke with ${SHA1}`,
    `Broken since commit ${SHA1.slice(0, 12)} (${SHA1.slice(0, 7)})`,
    `See https://git.example/acme/app/commit/${SHA1} and ${SHA1}..${SHA1.replace('3', '4')}`,
    `sha256:${SHA256} is what your download page says`,
    `The image app@sha256:${SHA256} fails`,
    `Get-FileHash gives ${SHA256.toUpperCase()}`,
    `Change-Id: I${SHA1}`,
    `The MD5 of the export is d41d8cd98f00b204e9800998ecf8427e`,
    `The token check fails since commit ${SHA1}`,
    `build passed at ${SHA1}, the keyboard works`,
  ])('leaves the hash of a commit or a file: %s', (text) => expect(mask(text)).toBe(text));

  it.each([
    [`token=${SHA1}`, 'token=[key]'],
    [`my api key: ${SHA256}`, 'my api key: [key]'],
    [`I use the secret ${SHA256} here`, 'I use the secret [key] here'],
    [`Authorization: Bearer ${SHA1}`, 'Authorization: Bearer [key]'],
    [`https://u:${SHA1}@host`, 'https://u:[key]@host'],
    ['d41d8cd98f00b204e9800998ecf8427e', '[key]'],
    [`${SHA1}ab`, '[key]'],
    [`${SHA1.slice(0, 20)}${SHA1.slice(20).toUpperCase()}`, '[key]'],
  ])('masks hexadecimal digits that are a key: %s', (text, masked) => expect(mask(text)).toBe(masked));

  it('finds nothing more in a masked text, whatever the text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const masked = mask(text);
        expect(findSensitive(masked)).toEqual([]);
        expect(mask(masked)).toBe(masked);
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds ranges in order, without overlaps, that split no character', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let end = 0;
        for (const find of findSensitive(text)) {
          expect(find.start).toBeGreaterThanOrEqual(end);
          expect(find.end).toBeGreaterThan(find.start);
          expect(find.end).toBeLessThanOrEqual(text.length);
          ({ end } = find);
        }
        // A text within a length limit stays within it.
        expect([...mask(text)].length).toBeLessThanOrEqual([...text].length);
        if (text.isWellFormed()) expect(mask(text).isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000, examples: [['://a:AKIA)@wtk'], ['://a:DE89)@m'], ['Bearer 1.......']] },
    );
  });

  it('takes time proportional to the length of a text, whatever repeats in it', () => {
    const units = [
      ...PIECES,
      '1 ',
      '12 ',
      '0-',
      'a@b.c',
      'A1',
      '0171 ',
      '+1 ',
      '555 ',
      'password is ',
      '(0) ',
      'DE12 ',
      'aB3',
      '1.',
      'call 12345678 ',
    ];
    for (const unit of new Set(units)) expect({ unit, isLinear: isLinear(unit) }).toEqual({ unit, isLinear: true });
  }, 120_000);

  it('takes less than 5 ms for a text of the maximum length', () => {
    const prose = 'The calendar sync is slow, and the coach was late on 2024-01-15 at 12:30. '.repeat(134);
    expect(medianMs(() => findSensitive(prose))).toBeLessThan(5);
    expect(medianMs(() => findSensitive('no digit in it, and nothing else to find. '.repeat(238)))).toBeLessThan(0.5);
  });
});

/**
 * Whether masking is linear in the number of units. A digit and a possible start of a token come first, so that no rule is
 * skipped. Measured again if it seems quadratic, since a busy machine makes one of the two times longer.
 */
const isLinear = (unit: string) =>
  [1, 2, 3, 4, 5].some(() => growthOver(unit, 5_000, (text) => mask(`Bearer 1${text}`)) < 3);
