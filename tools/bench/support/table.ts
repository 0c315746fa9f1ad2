import type { Figure } from './figure.ts';

const number = (value: number) =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(value < 0.1 ? 2 : 3)));

/** The figures as a table: value, baseline, ratio with its spread, bound and aim. */
export function tableOf(machine: string, figures: Figure[]): string {
  const header = ['figure', 'value', 'baseline', 'ratio', 'spread', 'must', 'aim', ''];
  const rows = figures.map((figure) => [
    figure.name,
    `${number(figure.value)} ${figure.unit}${figure.mustValue === null ? '' : `, must ${number(figure.mustValue)}`}`,
    figure.baseline ? `${figure.baseline.name} ${number(figure.baseline.value)}` : '',
    figure.ratio === null ? '' : `${number(figure.ratio)}×`,
    `${number(figure.spread[0])} – ${number(figure.spread[1])}`,
    figure.must === null ? '' : number(figure.must),
    figure.aim === null ? '' : number(figure.aim),
    figure.ok === null ? '' : figure.ok ? 'ok' : 'MISSED',
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const titles = figures.flatMap(({ name, title }) => (title === null ? [] : [`- ${name}: ${title}`]));
  return [
    `Machine: ${machine}`,
    '',
    line(header),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    '',
    ...titles,
  ].join('\n');
}
