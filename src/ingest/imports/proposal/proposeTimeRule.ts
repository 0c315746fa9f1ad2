import type { TimeRule } from '../importMapping.ts';
import type { ColumnDescription } from './describeColumn.ts';

/** Proposes how times are read. A time zone is never guessed: it is asked for unless the file says it. */
export function proposeTimeRule(
  column: ColumnDescription,
  zone: string | undefined,
): { rule: TimeRule; why: string; sure: boolean; question?: string } {
  const { time } = column;
  const rule: TimeRule = { field: 'createdAt' };
  if (time === undefined)
    return ask(rule, 'has the name of a time, but no known format', 'add its "format", such as "dd/MM/yyyy HH:mm"');
  switch (time.kind) {
    case 'ambiguous': {
      const formats = time.formats.slice(0, 2);
      const example = column.examples[0] ?? '';
      return ask(
        rule,
        `holds times that fit ${formats.join(' and ')}, so ${example} may be either of two days`,
        `set "format" to ${formats.map((format) => JSON.stringify(format)).join(' or ')}, and "zone"`,
      );
    }
    case 'iso':
      return time.isLocal
        ? inZone(rule, 'holds ISO 8601 times without an offset')
        : { rule, why: 'holds ISO 8601 times with an offset', sure: true };
    case 'dates':
      return inZone(rule, 'holds dates of the spreadsheet');
    case 'numbers':
      if (time.unit === 'excelSerial')
        return {
          ...inZone({ ...rule, unit: time.unit }, 'holds days since 1900, as a spreadsheet counts them'),
          sure: false,
        };
      return { rule: { ...rule, unit: time.unit }, why: `holds ${time.unit} since 1970`, sure: true };
    case 'format': {
      const withFormat: TimeRule = {
        ...rule,
        format: time.format,
        ...(time.locale !== 'en' && { locale: time.locale }),
      };
      const doubt = time.isSure ? '' : `, read as ${time.locale}: other languages have the same names of months`;
      const why = `holds times in the format ${time.format}${doubt}`;
      const proposed = time.hasOffset
        ? { rule: withFormat, why, sure: true }
        : inZone(withFormat, why, time.isUtc ? 'UTC' : undefined);
      return { ...proposed, sure: proposed.sure && time.isSure };
    }
  }

  function inZone(local: TimeRule, why: string, known = /\b(UTC|GMT)\b/.test(column.name) ? 'UTC' : undefined) {
    if (known !== undefined) return { rule: { ...local, zone: known }, why: `${why}, in ${known}`, sure: true };
    if (zone !== undefined)
      return { rule: { ...local, zone }, why: `${why}; ${zone} is the time zone of the org, check it`, sure: false };
    return ask(local, why, 'add the time zone in which the times were written, such as "zone": "Europe/Berlin"');
  }
}

const ask = (rule: TimeRule, why: string, question: string) => ({
  rule,
  why: `${why}: ${question}`,
  sure: false,
  question,
});
