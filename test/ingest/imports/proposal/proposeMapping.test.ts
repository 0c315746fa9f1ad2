import { describe, expect, it } from '@jest/globals';
import { importMappingSchema } from '../../../../src/ingest/imports/importMapping.ts';
import { proposeMapping } from '../../../../src/ingest/imports/proposal/proposeMapping.ts';

/** Proposes for columns with these cells. */
function propose(cells: Record<string, unknown[]>, zone?: string) {
  const columns = Object.keys(cells);
  const rows = Array.from({ length: Math.max(...Object.values(cells).map(({ length }) => length)) }, (_, index) =>
    Object.fromEntries(columns.map((name) => [name, cells[name]![index]])),
  );
  const proposal = proposeMapping(columns, rows, zone);
  expect(importMappingSchema.safeParse(proposal.mapping).success).toBe(true);
  expect(Object.keys(proposal.mapping.columns)).toEqual(columns);
  const noteOf = (column: string | null) => proposal.notes.find((note) => note.column === column);
  return { ...proposal, rules: proposal.mapping.columns, noteOf };
}
const ruleOf = (name: string, cells: unknown[], zone?: string) => propose({ [name]: cells }, zone).rules[name];

describe('a proposed mapping', () => {
  it.each([
    ['Overall rating', ['4', '5', '2'], { field: 'overallRating' }],
    ['Gesamtbewertung', ['4,0', '5,0'], { field: 'overallRating' }],
    ['Note globale', ['★★★', '★★★★★'], { field: 'overallRating', rating: 'stars' }],
    ['¿Qué tan satisfecho está?', ['5 - Muy', '1 - Nada'], { field: 'overallRating', rating: 'leadingNumber' }],
    ['How easy was the interface to use? (UX)', ['4', '5'], { field: 'uxRating' }],
    ['The GROW method', ['4', '5'], { field: 'growMethodRating' }],
    [
      'Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?',
      ['9', '0', '7'],
      { field: 'overallRating', rating: 'nps' },
    ],
    ['Recomendaria?', [10, 3], { field: 'overallRating', rating: 'nps' }],
    ['How easy was it?', ['Very easy', 'Hard', 'Very easy'], { field: 'easeOfUse' }],
    ['War der Coach hilfreich?', ['Ja', 'Nein'], { field: 'helpfulness' }],
    ['Pagaria por isso?', ['Sim', 'Não'], { field: 'willingToPay' }],
    ['Labels', ['a;b', 'c'], { field: 'tags', separator: ';' }],
    ['Kategorie', ['Export', 'Kalender'], { field: 'tags' }],
    ['What should we improve?', ['The export, it is slow', 'Nothing really, thanks'], { field: 'improvements' }],
    ['Verbesserungsvorschläge', ['Mehr Pausen', 'Weniger Mails'], { field: 'improvements' }],
    [
      'Q7',
      ['I would like to see my notes from last week', 'It crashed twice, then I gave up on it'],
      { field: 'improvements' },
    ],
    ['user_id', ['u-1', 'u-2'], { field: 'userId' }],
    ['Kundennummer', ['0417', '0418'], { field: 'userId' }],
    ['Response ID', ['R_1', 'R_2'], { field: 'id' }],
    ['createdAt', ['2026-01-05T10:00:00Z', '2026-01-06T10:00:00Z'], { field: 'createdAt' }],
    ['tags', ['a', 'b'], { field: 'tags', separator: ';' }],
    ['Submitted (UTC)', ['2026-01-05 10:00:00', '2026-01-06 10:00:00'], { field: 'createdAt', zone: 'UTC' }],
    ['Datum', ['13.1.2026 8:05', '02.02.2026 19:30'], { field: 'createdAt', format: 'd.M.yyyy H:mm' }],
    ['Date', ['12/25/2026', '01/02/2026'], { field: 'createdAt', format: 'M/d/yyyy' }],
    [
      'Timestamp',
      ['2026/04/16 8:51:30 PM GMT+3', '2026/04/17 9:00:00 AM GMT+3'],
      { field: 'createdAt', format: "yyyy/M/d h:mm:ss a 'GMT'Z" },
    ],
    [
      'Fecha',
      ['7 de abril de 2026', '21 de mayo de 2026'],
      { field: 'createdAt', format: "d 'de' MMMM 'de' yyyy", locale: 'es' },
    ],
    [
      'Created',
      ['Mar 3, 2026, 4:05 PM', 'Oct 21, 2026, 9:00 AM'],
      { field: 'createdAt', format: 'MMM d, yyyy, h:mm a' },
    ],
    ['created_at', ['1767623400', '1767709800'], { field: 'createdAt', unit: 'seconds' }],
    ['Submit time', [1767623400000, 1767709800000], { field: 'createdAt', unit: 'milliseconds' }],
    ['Date', ['46027', '46028,5'], { field: 'createdAt', unit: 'excelSerial' }],
    ['Start', [new Date(0), new Date(1)], { field: 'createdAt' }],
  ])('for %j with %j is %j', (name, cells, rule) => {
    expect(ruleOf(name, cells)).toEqual(rule);
  });

  it.each([
    ['Email address', ['a@mail.example', 'b@mail.example'], 'e-mail'],
    ['Contact', ['a@mail.example', 'b@mail.example', ''], 'e-mail'],
    ['First Name', ['Ada', 'Lee'], 'personal data'],
    ['IP Address', ['203.0.113.9', '203.0.113.10'], 'personal data'],
    ['Developer Reply Text', ['Thank you for your kind words', 'We are on it, sorry'], 'your own team'],
    ['ID', ['1', '2', '3'], 'numbers the answers of one file'],
    ['Response ID', ['a', 'a'], 'not different in each row'],
    ['Duration (in seconds)', ['149', '70'], 'about the survey'],
    ['Company name', ['Acme Ltd', 'North Ltd'], 'no spaces'],
    ['Plan', ['pro', 'free'], 'fits no field'],
    ['Old', ['', ''], 'is empty'],
    ['Score (1 to 7)', ['7', '1', '3'], 'rating from 1 to 7'],
    ['Zufriedenheit in %', ['80', '100'], 'rating from 80 to 100'],
  ])('leaves out %j with %j, and says why', (name, cells, why) => {
    const { rules, noteOf } = propose({ [name]: cells });
    expect(rules[name]).toEqual({ leaveOut: true });
    expect(noteOf(name)?.why).toContain(why);
  });

  it('fills a table with all steps of a known scale, as the file spells them', () => {
    expect(ruleOf('Wie zufrieden sind Sie?', ['Sehr zufrieden', 'unzufrieden', 'Sehr zufrieden'])).toEqual({
      field: 'overallRating',
      rating: {
        table: { 'Sehr zufrieden': 5, Zufrieden: 4, Neutral: 3, unzufrieden: 2, 'Sehr unzufrieden': 1 },
      },
    });
  });

  it('asks, and does not choose, when a time may be of two days', () => {
    const { rules, questions, noteOf } = propose({ Date: ['03/04/2026', '11/12/2026'], Rating: ['4', '5'] });
    expect(rules.Date).toEqual({ field: 'createdAt' });
    expect(noteOf('Date')).toEqual({
      column: 'Date',
      sure: false,
      why: expect.stringContaining('d/M/yyyy and M/d/yyyy'),
    });
    expect(questions).toEqual([{ column: 'Date', message: expect.stringContaining('"d/M/yyyy" or "M/d/yyyy"') }]);
    // One day of the sample tells.
    expect(ruleOf('Date', ['03/04/2026', '11/12/2026', '31/12/2026'])).toMatchObject({ format: 'd/M/yyyy' });
  });

  it('asks for the zone of local times, takes the one of the file, and marks that of the org as unsure', () => {
    const cells = ['05.01.2026 10:00', '16.01.2026 10:00'];
    expect(propose({ Datum: cells }).questions[0]?.message).toContain('"zone": "Europe/Berlin"');
    const withZone = propose({ Datum: cells }, 'Europe/Vienna');
    expect(withZone.rules.Datum).toMatchObject({ zone: 'Europe/Vienna' });
    expect(withZone.noteOf('Datum')?.sure).toBe(false);
    expect(withZone.questions).toEqual([]);
    expect(propose({ 'Date (UTC)': cells }, 'Europe/Vienna').rules['Date (UTC)']).toMatchObject({ zone: 'UTC' });
  });

  it('gives each field to the best of its columns, and says so of the others', () => {
    const { rules, noteOf } = propose({
      'Start time': ['2026-01-05T10:00:00Z'],
      'Completion time': ['2026-01-05T10:05:00Z'],
      'Rate the room': ['2'],
      'Overall satisfaction': ['4'],
      'What was good?': ['The talk and the tea and the people'],
      'What was missing?': ['More time for questions at the end'],
    });
    expect(rules['Start time']).toEqual({ leaveOut: true });
    expect(rules['Completion time']).toEqual({ field: 'createdAt' });
    expect(rules['Rate the room']).toEqual({ leaveOut: true });
    expect(noteOf('Rate the room')).toEqual({
      column: 'Rate the room',
      sure: false,
      why: expect.stringContaining('"Overall satisfaction"'),
    });
    expect(rules['Overall satisfaction']).toEqual({ field: 'overallRating' });
    expect([rules['What was good?'], rules['What was missing?']]).toEqual([
      { field: 'improvements' },
      { field: 'improvements' },
    ]);
  });

  it('is unsure about numbers that only might be ratings, and about an org column', () => {
    const { rules, noteOf } = propose({ Seats: ['1', '3', '5'], Account: ['north', 'south', 'north'] });
    expect(rules).toEqual({ Seats: { field: 'overallRating' }, Account: { field: 'orgId' } });
    expect([noteOf('Seats')?.sure, noteOf('Account')?.sure]).toEqual([false, false]);
    expect(noteOf('Account')?.why).toContain('each becomes an org');
  });

  it('is unsure about a scale of which the sample shows the lower half', () => {
    const { rules, noteOf } = propose({ 'How likely are you to recommend us?': ['3', '5', '4'] });
    expect(rules['How likely are you to recommend us?']).toEqual({ field: 'overallRating', rating: 'nps' });
    expect(noteOf('How likely are you to recommend us?')?.sure).toBe(false);
  });

  it('says that time and org are missing', () => {
    const { notes } = propose({ Rating: ['4'] });
    const general = notes.filter(({ column }) => column === null).map(({ why }) => why);
    expect(general).toEqual([
      expect.stringContaining('no column gives a time'),
      expect.stringContaining('no column gives an org'),
    ]);
  });

  it('takes little time, even if all of 60 columns are times', () => {
    const texts = Array.from({ length: 1000 }, (_, n) => `${(n % 28) + 1} Mar 2026 ${n % 24}:0${n % 10}`);
    const cells = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`Question ${n}`, texts]));
    const before = process.cpuUsage();
    propose(cells);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});
