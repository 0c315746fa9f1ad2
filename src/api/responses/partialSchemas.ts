import { z } from 'zod';
import { unwrapped } from './responseShape.ts';

/** The schema of a selected part: every field may be missing, except for `kept` ones. */
export function partOf(schema: z.ZodType, kept: readonly string[] = []): z.ZodType {
  if (schema instanceof z.ZodOptional) return partOf(schema.unwrap() as z.ZodType, kept).optional();
  if (schema instanceof z.ZodNullable) return described(partOf(schema.unwrap() as z.ZodType, kept).nullable(), schema);
  if (schema instanceof z.ZodArray) {
    const element = schema.element as z.ZodType;
    return unwrapped(element) instanceof z.ZodObject ? described(z.array(partOf(element, kept)), schema) : schema;
  }
  if (!(schema instanceof z.ZodObject)) return schema;
  const fields = Object.entries(schema.shape).map(([name, field]) => {
    const part = partOf(field as z.ZodType);
    return [name, kept.includes(name) ? part : part.optional()];
  });
  return described(z.strictObject(Object.fromEntries(fields)), schema);
}

/** The schema of columns of items, see `columnsOf`. Every field may be missing, except for `kept` ones. */
export function columnsSchema(schema: z.ZodType, kept: readonly string[] = []): z.ZodType {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodRecord) return z.record(z.string(), z.array(inner.valueType as z.ZodType));
  const element = inner instanceof z.ZodArray ? unwrapped(inner.element as z.ZodType) : undefined;
  if (element instanceof z.ZodObject) return described(z.record(z.string(), columnsSchema(element)), schema);
  if (!(inner instanceof z.ZodObject))
    return z.array(schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema);
  const fields = Object.entries(inner.shape).map(([name, field]) => {
    const columns = columnsSchema(field as z.ZodType);
    return [name, kept.includes(name) ? columns : columns.optional()];
  });
  return described(z.strictObject(Object.fromEntries(fields)), schema);
}

function described(schema: z.ZodType, like: z.ZodType): z.ZodType {
  const { description } = like.meta() ?? {};
  return description === undefined ? schema : schema.meta({ description });
}
