import { type Route, route } from '../route.ts';
import { DOCS_STYLE, docsPage } from './docsPage.ts';
import type { OpenApi } from './openapi.ts';

/** The documentation of the API, for machines and as a page. `describe` is called once, when somebody asks for it. */
export function docsRoutes(describe: () => OpenApi): Route[] {
  let described: OpenApi | undefined;
  let page: string | undefined;
  const api = () => (described ??= describe());
  return [
    route('GET /openapi.json', {
      summary: 'Get the OpenAPI document',
      responses: { 200: { description: 'OpenAPI 3.1' } },
      handle: api,
    }),
    route('GET /docs', {
      summary: 'Get the documentation as a page',
      responses: { 200: { description: 'HTML', type: 'text/html' } },
      handle: () => (page ??= docsPage(api())),
    }),
    route('GET /docs.css', {
      summary: 'Get the style of that page',
      responses: { 200: { description: 'CSS', type: 'text/css' } },
      handle: () => DOCS_STYLE,
    }),
  ];
}
