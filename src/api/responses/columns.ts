import type { Selected } from './fieldSelection.ts';
import type { Shape } from './responseShape.ts';

type Columns = unknown[] | { [name: string]: Columns };

/**
 * Items as columns: a list for each field, with one value per item, under the names of the item's own structure. Items of
 * lists within, such as themes, become columns under their name. A count that an item lacks is 0.
 */
export function columnsOf(items: readonly unknown[], shape: Shape, selected: Selected = true): Columns {
  switch (shape.kind) {
    case 'value':
      return items.map((item) => item ?? (item === null ? null : 0));
    case 'record':
      return byNames(namesIn(items), (name) => columnsOf(valuesAt(items, name), { kind: 'value' }));
    case 'object':
      return columnsOfFields(items, shape.fields, selected);
    case 'list': {
      const { name: key } = shape;
      if (key === undefined) return [...items];
      const itemsByName = items.map((list) => new Map(((list ?? []) as Fields[]).map((item) => [item[key], item])));
      const names = new Set(itemsByName.flatMap((byName) => [...byName.keys()] as string[]));
      const others = new Map([...shape.fields].filter(([field]) => field !== key));
      return byNames(names, (name) =>
        columnsOfFields(
          itemsByName.map((byName) => byName.get(name)),
          others,
          selected,
        ),
      );
    }
  }
}

type Fields = Record<string, unknown>;

/** Fields that no item has are left out, unless there are no items at all. */
function columnsOfFields(items: readonly unknown[], fields: ReadonlyMap<string, Shape>, selected: Selected): Columns {
  const isThere = (name: string) => items.length === 0 || valuesAt(items, name).some((value) => value !== undefined);
  const chosen = [...fields].filter(([name]) => (selected === true || selected.has(name)) && isThere(name));
  return Object.fromEntries(
    chosen.map(([name, shape]) => [
      name,
      columnsOf(valuesAt(items, name), shape, selected === true ? true : selected.get(name)),
    ]),
  );
}

/** Own values only: an answer may be named like a method of every object. */
const valuesAt = (items: readonly unknown[], name: string) =>
  items.map((item) => (Object.hasOwn(item ?? {}, name) ? (item as Fields)[name] : undefined));
const namesIn = (items: readonly unknown[]) => new Set(items.flatMap((item) => Object.keys(item ?? {})));
const byNames = (names: Iterable<string>, make: (name: string) => Columns): Columns =>
  Object.fromEntries([...names].map((name) => [name, make(name)]));
