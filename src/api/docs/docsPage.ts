import type { OpenApi, Operation } from './openapi.ts';

type Json = Record<string, unknown>;

/** The OpenAPI document as a page to read: no scripts, nothing from elsewhere. */
export function docsPage(api: OpenApi): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${text(api.info.title)} API</title>
<link rel="stylesheet" href="/docs.css">
<nav aria-label="Routes"><ul>
${operations.map(({ path, method, operation }) => `<li><a href="#${operation.operationId}">${label(method, path)}</a>`).join('\n')}
</ul></nav>
<main>
<h1>${text(api.info.title)} API</h1>
<p>${text(api.info.description)} For machines: <a href="/openapi.json">openapi.json</a>.</p>
<p>Every <code>/v1</code> route needs <code>Authorization: Bearer &lt;key&gt;</code>. Refusals are
<a href="#schema-Problem">problems</a> that name every wrong field at once.</p>
${operations.map(({ path, method, operation }) => section(method, path, operation)).join('\n')}
<h2>Shapes</h2>
${Object.entries(api.components.schemas)
  .map(([name, schema]) => `<section id="schema-${name}"><h3>${text(name)}</h3>${shape(schema)}</section>`)
  .join('\n')}
</main>
</html>
`;
}

function section(method: string, path: string, operation: Operation): string {
  const parameters = operation.parameters.filter(({ in: where }) => where !== 'path');
  const rows = parameters.map(
    ({ name, in: where, description, schema }) =>
      `<tr><th scope="row"><code>${text(name)}</code>${where === 'header' ? ' (header)' : ''}<td>${type(schema)}<td>${text(description ?? '')}`,
  );
  const body = Object.entries(operation.requestBody?.content ?? {}).map(
    ([media, { schema }]) =>
      `<p>Body, <code>${text(media)}</code>: ${type(schema)} ${text(schema.description ?? '')}</p>`,
  );
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const [schema] = Object.values(content ?? {});
    return `<li><b>${status}</b> ${text(description)}${schema ? `: ${type(schema.schema)}` : ''}`;
  });
  return `<section id="${operation.operationId}">
<h2>${label(method, path)}</h2>
<p>${text(operation.summary)}.</p>
${body.join('')}
${rows.length > 0 ? `<table><thead><tr><th scope="col">Parameter<th scope="col">Type<th scope="col">What</thead><tbody>${rows.join('\n')}</tbody></table>` : ''}
<ul>${answers.join('\n')}</ul>
</section>`;
}

function shape(schema: Json): string {
  const required = (schema.required ?? []) as string[];
  const rows = Object.entries((schema.properties ?? {}) as Record<string, Json>).map(
    ([name, field]) =>
      `<tr><th scope="row"><code>${text(name)}</code><td>${type(field)}${required.includes(name) ? '' : ', optional'}<td>${text(field.description ?? '')}`,
  );
  return `<p>${text(schema.description ?? '')}</p><table><thead><tr><th scope="col">Field<th scope="col">Type<th scope="col">What</thead><tbody>${rows.join('\n')}</tbody></table>`;
}

/** A schema in a few words. */
function type(schema: Json): string {
  if (typeof schema.$ref === 'string') {
    const name = text(schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1));
    return `<a href="#schema-${name}">${name}</a>`;
  }
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (choices) return [...new Set(choices.map(type))].join(' or ');
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `<code>${text(value)}</code>`).join(', ');
  if (schema.const !== undefined) return `<code>${text(schema.const)}</code>`;
  if (Array.isArray(schema.prefixItems)) return `list of ${schema.prefixItems.length}`;
  if (schema.items) return `list of ${type(schema.items as Json)}`;
  if (schema.properties)
    return `{ ${Object.entries(schema.properties as Record<string, Json>)
      .map(([name, field]) => `${text(name)}: ${type(field)}`)
      .join(', ')} }`;
  const bounds = [schema.minimum, schema.maximum].every(
    (bound) => Number.isFinite(bound) && Math.abs(Number(bound)) < 1e12,
  )
    ? ` ${schema.minimum}–${schema.maximum}`
    : '';
  const initial = schema.default === undefined ? '' : `, default <code>${text(schema.default)}</code>`;
  return `${text(schema.format ?? schema.type ?? 'anything')}${bounds}${initial}`;
}

const label = (method: string, path: string) => `<code>${method.toUpperCase()} ${text(path)}</code>`;

function text(value: unknown): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return String(value).replace(/[&<>"']/g, (char) => entities[char]!);
}

/** What `/docs.css` serves: in the page itself, browsers would be told to ignore it. */
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
