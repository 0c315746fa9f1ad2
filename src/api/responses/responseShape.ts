import { z } from 'zod';

/** The structure of a response, as far as `fields` and columns need it, from its schema. */
export type Shape =
  | { kind: 'value' }
  /** an object whose names are data, such as answers, and whose values are counts */
  | { kind: 'record' }
  | { kind: 'object'; fields: ReadonlyMap<string, Shape> }
  /** a list of objects; `name` is the field that tells its items apart */
  | { kind: 'list'; fields: ReadonlyMap<string, Shape>; name: string | undefined };

/** The field that names an item of a list within a response. */
const ITEM_NAME = 'theme';
const VALUE: Shape = { kind: 'value' };

export function shapeOf(schema: z.ZodType): Shape {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodRecord) return { kind: 'record' };
  if (inner instanceof z.ZodObject) return { kind: 'object', fields: fieldsOf(inner) };
  const element = inner instanceof z.ZodArray ? unwrapped(inner.element as z.ZodType) : undefined;
  if (!(element instanceof z.ZodObject)) return VALUE;
  const fields = fieldsOf(element);
  return { kind: 'list', fields, name: fields.has(ITEM_NAME) ? ITEM_NAME : undefined };
}

const fieldsOf = ({ shape }: z.ZodObject): ReadonlyMap<string, Shape> =>
  new Map(Object.entries(shape).map(([name, field]) => [name, shapeOf(field as z.ZodType)]));

/** The schema without `optional` and `nullable` around it. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap() as z.ZodType;
  return inner;
}

/** The fields inside a value of this shape. */
export const fieldsIn = (shape: Shape): ReadonlyMap<string, Shape> =>
  shape.kind === 'object' || shape.kind === 'list' ? shape.fields : NO_FIELDS;
const NO_FIELDS: ReadonlyMap<string, Shape> = new Map();

/** The dotted names of all fields, each before those inside it. */
export function fieldNames(shape: Shape): string[] {
  return [...fieldsIn(shape)].flatMap(([name, inner]) => [
    name,
    ...fieldNames(inner).map((below) => `${name}.${below}`),
  ]);
}
