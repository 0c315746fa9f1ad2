import { CellFault, comparable, type Read, readText } from './cells.ts';
import type { TagsRule } from './importMapping.ts';

/** Cells that tick a box, and such that do not, in the languages of the product. */
const TICKED = new Set([
  'yes',
  'y',
  'true',
  '1',
  'x',
  '✓',
  '✔',
  '☑',
  'ja',
  'wahr',
  'oui',
  'vrai',
  'sí',
  'si',
  'verdadero',
  'sim',
  'verdadeiro',
  'checked',
  'selected',
]);
const NOT_TICKED = new Set([
  'no',
  'n',
  'false',
  '0',
  '☐',
  'nein',
  'falsch',
  'non',
  'faux',
  'falso',
  'não',
  'nao',
  'unchecked',
  'not selected',
]);

const NOT_A_TICK = new CellFault(
  'is neither a yes nor a no; leave "tag" out of the rule if the cells themselves are the tags',
);

/** Makes the reader of a column of tags. It gives at least one tag, undefined if there is none, or a fault. */
export function createTagsReader({ separator, prefix = '', tag }: TagsRule): (cell: unknown) => Read<string[]> {
  if (tag !== undefined)
    return (cell) => {
      const text = readText(cell);
      if (typeof text !== 'string') return text;
      const answer = comparable(text);
      if (TICKED.has(answer)) return [tag];
      return NOT_TICKED.has(answer) ? undefined : NOT_A_TICK;
    };
  return (cell) => {
    const tags: string[] = [];
    for (const item of Array.isArray(cell) ? cell : [cell]) {
      const text = readText(item);
      if (text instanceof CellFault) return text;
      for (const part of text === undefined ? [] : separator === undefined ? [text] : text.split(separator)) {
        const name = part.trim();
        if (name !== '') tags.push(prefix + name);
      }
    }
    return tags.length > 0 ? tags : undefined;
  };
}
