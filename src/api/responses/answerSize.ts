import { z } from 'zod';
import { didYouMean } from '../http/nearestNames.ts';
import { columnsOf } from './columns.ts';
import { ALL_FIELDS, type FieldSelection, pick, selectionOf } from './fieldSelection.ts';
import { columnsSchema, partOf } from './partialSchemas.ts';
import { fieldNames, shapeOf } from './responseShape.ts';

/** How a request may choose the size of a response: which fields, and in which layout. */
export interface Selectable {
  /** Name of the list whose items' fields can be chosen. Without it, they are the fields of the response itself. */
  list?: string;
  /** fields that items always have: what they are about */
  keys?: readonly string[];
  /** Items may also be asked for as columns, in the field `columns` instead of the list. */
  hasColumns?: true;
}

/** Parameters of the query, and what they make of a response. */
export interface AnswerSize {
  query: Record<string, z.ZodType>;
  /** schema of the response in all its forms */
  response: z.ZodType;
  /** The parameters taken out of a validated query. */
  read(query: Record<string, unknown>): Choice;
  apply(response: unknown, choice: Choice): unknown;
}

export interface Choice {
  fields: FieldSelection;
  hasColumns: boolean;
}

export const WHOLE: Choice = { fields: ALL_FIELDS, hasColumns: false };

/** Max names in `fields`, max characters of all, and max unknown names that a refusal repeats. */
const MAX_NAMES = 100;
const MAX_CHARACTERS = 5_000;
const MAX_REPEATED = 5;
/** A name that a refusal may repeat. */
const PLAIN = /^[\w.-]{1,60}$/;

const known = new WeakMap<z.ZodObject, AnswerSize>();

/** The parameters `fields` and `layout` of a route with this response. The same for each call with the same schema. */
export function answerSizeOf(schema: z.ZodObject, selectable: Selectable): AnswerSize {
  const size = known.get(schema) ?? createAnswerSize(schema, selectable);
  known.set(schema, size);
  return size;
}

function createAnswerSize(schema: z.ZodObject, { list, keys = [], hasColumns }: Selectable): AnswerSize {
  const listSchema = list === undefined ? undefined : (schema.shape[list] as z.ZodArray<z.ZodType>);
  const item = listSchema?.element ?? schema;
  const shape = shapeOf(item);
  const names = fieldNames(shape);
  const { id } = schema.meta() ?? {};
  const named = <Schema extends z.ZodType>(form: string, unnamed: Schema) =>
    id === undefined ? unnamed : unnamed.meta({ ...unnamed.meta(), id: `${form}${id}` });

  const part =
    list === undefined ? partOf(schema) : z.strictObject({ ...schema.shape, [list]: partOf(listSchema!, keys) });
  const forms = [schema, named('Part', part)];
  if (hasColumns) {
    const { [list!]: _, ...others } = schema.shape;
    forms.push(named('Columns', z.strictObject({ ...others, columns: columnsSchema(item, keys) })));
  }
  const fields = fieldsSchema(named('FieldOf', z.enum(names)), names, list);
  return {
    query: { fields, ...(hasColumns && { layout: LAYOUT }) },
    response: z.union(forms),
    read(query) {
      const { fields: chosen, layout } = query as { fields?: string[]; layout?: string };
      delete query.fields;
      delete query.layout;
      return {
        fields: chosen === undefined ? ALL_FIELDS : selectionOf([...keys, ...chosen], shape),
        hasColumns: layout === 'columns',
      };
    },
    apply(response, { fields: { selected }, hasColumns: isColumns }) {
      if (selected === true && !isColumns) return response;
      if (list === undefined) return pick(response, selected);
      const { [list]: items, ...others } = response as Record<string, unknown>;
      if (isColumns) return { ...others, columns: columnsOf(items as unknown[], shape, selected) };
      return { ...others, [list]: pick(items, selected) };
    },
  };
}

const LAYOUT = z.enum(['rows', 'columns'], { error: 'must be rows or columns' }).default('rows').meta({
  description: '`columns`: a list of values for each field, in `columns`, instead of an object for each period.',
});

function fieldsSchema(name: z.ZodType<string, string>, names: readonly string[], list: string | undefined) {
  const known = new Set(names);
  const example = names.includes('count') ? 'count,ratings.overallRating.mean' : names.slice(0, 2).join(',');
  return z
    .string()
    .transform((text, context) => {
      const problem = text.length > MAX_CHARACTERS ? tooMany : problemOf(text.split(','), known);
      if (problem === undefined) return text.split(',');
      context.issues.push({ code: 'custom', message: problem, input: text });
      return z.NEVER;
    })
    .pipe(z.array(name).min(1).max(MAX_NAMES))
    .optional()
    .meta({
      description: `Only these fields${list === undefined ? '' : ` of each item of \`${list}\``}, as dotted names with commas between them.`,
      example: example.split(','),
    });
}

const tooMany = `must name at most ${MAX_NAMES} fields`;

function problemOf(sent: readonly string[], known: ReadonlySet<string>): string | undefined {
  if (sent.length > MAX_NAMES) return tooMany;
  const unknown = [...new Set(sent)].filter((name) => !known.has(name));
  if (unknown.length === 0) return undefined;
  const plain = unknown.filter((name) => PLAIN.test(name)).slice(0, MAX_REPEATED);
  const proposals = plain.map((name) => `${name} is not a field; ${didYouMean(name, known, OPENAPI)}`);
  return proposals.join('. ') || `must be names of fields with commas between them; ${OPENAPI}`;
}

const OPENAPI = '/openapi.json lists the fields';
