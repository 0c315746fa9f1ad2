import { fieldsIn, type Shape } from './responseShape.ts';

/** The selected fields inside a value; `true`: the whole value. */
export type Selected = true | ReadonlyMap<string, Selected>;

/** The fields of a response, or of each of its items, that a request asks for. */
export class FieldSelection {
  readonly selected: Selected;

  constructor(selected: Selected) {
    this.selected = selected;
  }

  /** Whether the field, or any field inside it, is asked for. Handlers need not compute others. */
  has(field: string): boolean {
    return this.selected === true || this.selected.has(field);
  }

  /** The selection inside a field. */
  inside(field: string): FieldSelection {
    const inner = this.selected === true ? true : this.selected.get(field);
    return inner === true ? ALL_FIELDS : new FieldSelection(inner ?? new Map());
  }
}

export const ALL_FIELDS = new FieldSelection(true);

/** The selection of dotted names. Selected items of lists within the response keep the field that tells them apart. */
export function selectionOf(names: Iterable<string>, shape: Shape): FieldSelection {
  const root = new Map<string, Selected>();
  for (const name of names) select(root, name.split('.'), shape);
  return new FieldSelection(root);
}

function select(selected: Map<string, Selected>, [name, ...rest]: string[], shape: Shape): void {
  if (name === undefined || selected.get(name) === true) return;
  const inner = fieldsIn(shape).get(name);
  if (rest.length === 0 || inner === undefined) {
    selected.set(name, true);
    return;
  }
  const below = new Map(selected.get(name) as ReadonlyMap<string, Selected> | undefined);
  if (inner.kind === 'list' && inner.name !== undefined) below.set(inner.name, true);
  select(below, rest, inner);
  selected.set(name, below);
}

/** The selected part of a value. Lists keep their items, without the other fields. */
export function pick(value: unknown, selected: Selected): unknown {
  if (selected === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, selected));
  const picked: Record<string, unknown> = {};
  const fields = value as Record<string, unknown>;
  for (const [name, inner] of selected) if (fields[name] !== undefined) picked[name] = pick(fields[name], inner);
  return picked;
}
