import { Html, html } from '../http/html.ts';
import type { OpenApi, Operation } from './openapi.ts';

type Json = Record<string, unknown>;

/** The OpenAPI document as a page without scripts. */
export function docsPage(api: OpenApi): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${api.info.title} API</title>
<link rel="stylesheet" href="/docs.css">
<nav aria-label="Routes"><ul>
${operations.map(({ path, method, operation }) => html`<li><a href="#${operation.operationId}">${label(method, path)}</a>`)}
</ul></nav>
<main>
<h1>${api.info.title} API</h1>
<p>${api.info.description} For machines: <a href="/openapi.json">openapi.json</a>.</p>
<p>Every <code>/v1</code> route needs <code>Authorization: Bearer &lt;key&gt;</code>. Refusals are
<a href="#schema-Problem">problems</a> that name every invalid field.</p>
${operations.map(({ path, method, operation }) => section(method, path, operation))}
<h2>Schemas</h2>
${Object.entries(api.components.schemas).map(
  ([name, schema]) => html`<section id="schema-${name}"><h3>${name}</h3>${shape(schema)}</section>`,
)}
</main>
</html>
`;
  return page.text;
}

function section(method: string, path: string, operation: Operation): Html {
  const parameters = operation.parameters.filter(({ in: place }) => place !== 'path');
  const rows = parameters.map(
    ({ name, in: place, description, schema, example, explode }) =>
      html`<tr><th scope="row"><code>${explode ? Object.keys(example as object).join(', ') : name}</code>${place === 'header' && ' (header)'}<td>${type(schema)}<td>${description}`,
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
    ([media, { schema }]) => html`<p>Body, <code>${media}</code>: ${type(schema)} ${descriptionOf(schema)}</p>`,
  );
  const responses = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const [json] = Object.values(content ?? {});
    return html`<li><b>${status}</b> ${description}${json && html`: ${type(json.schema)}`}`;
  });
  return html`<section id="${operation.operationId}">
<h2>${label(method, path)}</h2>
<p>${operation.summary}.</p>
${bodies}
${rows.length > 0 && html`<table><thead><tr><th scope="col">Parameter<th scope="col">Type<th scope="col">Description</thead><tbody>${rows}</tbody></table>`}
<ul>${responses}</ul>
</section>`;
}

function shape(schema: Json): Html {
  const required = (schema.required ?? []) as string[];
  const rows = Object.entries((schema.properties ?? {}) as Record<string, Json>).map(
    ([name, field]) =>
      html`<tr><th scope="row"><code>${name}</code><td>${type(field)}${!required.includes(name) && ', optional'}<td>${descriptionOf(field)}`,
  );
  return html`<p>${descriptionOf(schema)}</p><table><thead><tr><th scope="col">Field<th scope="col">Type<th scope="col">Description</thead><tbody>${rows}</tbody></table>`;
}

const descriptionOf = ({ description = '' }: Json) => String(description);

/** A schema in a few words. */
function type(schema: Json): Html {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (choices) return joined(choices.map(type), ' or ');
  if (Array.isArray(schema.enum)) return joined(schema.enum.map(code), ', ');
  if (schema.const !== undefined) return code(schema.const);
  if (Array.isArray(schema.prefixItems)) return html`list of ${String(schema.prefixItems.length)}`;
  if (schema.items) return html`list of ${type(schema.items as Json)}`;
  if (schema.properties) {
    const fields = Object.entries(schema.properties as Record<string, Json>);
    return html`{ ${joined(
      fields.map(([name, field]) => html`${name}: ${type(field)}`),
      ', ',
    )} }`;
  }
  const { minimum, maximum } = schema;
  // Bounds near those of a double say nothing.
  const isBounded = [minimum, maximum].every((bound) => Number.isFinite(bound) && Math.abs(Number(bound)) < 1e12);
  return html`${String(schema.format ?? schema.type ?? 'anything')}${isBounded && ` ${minimum}–${maximum}`}${
    schema.default !== undefined && html`, default ${code(schema.default)}`
  }`;
}

const code = (value: unknown) => html`<code>${String(value)}</code>`;
const label = (method: string, path: string) => code(`${method.toUpperCase()} ${path}`);

/** Repeated items are left out. */
const joined = (items: readonly Html[], separator: string) =>
  new Html([...new Set(items.map(({ text }) => text))].join(separator));

/** Served as `/docs.css`, because the content security policy forbids inline styles. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: minmax(14rem, 22rem) minmax(0, 60rem); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; box-sizing: border-box; border-right: 1px solid #8884; }
nav ul { list-style: none; margin: 0; padding: 0; font-size: .85rem; }
nav li { padding: .15rem 0; overflow-wrap: anywhere; }
main { padding: 1rem 2rem 6rem; }
h2 { margin-top: 3rem; font-size: 1.15rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; font-weight: normal; }
thead th { font-weight: 600; }
a { color: light-dark(#0b57d0, #9dc1ff); }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
`;
