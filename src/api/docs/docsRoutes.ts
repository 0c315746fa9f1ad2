import { type Route, route } from '../route.ts';
import { DOCS_STYLE, docsPage } from './docsPage.ts';
import type { OpenApi } from './openapi.ts';

/** The documentation of the API, for machines and as a page. */
export function docsRoutes(api: OpenApi): Route[] {
  const page = docsPage(api);
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      summary: 'The API as an OpenAPI document',
      responses: { 200: { description: 'OpenAPI 3.1' } },
      handle: () => api,
    }),
    route({
      method: 'get',
      path: '/docs',
      summary: 'The API as a page to read',
      responses: { 200: { description: 'HTML', type: 'text/html' } },
      handle: () => page,
    }),
    route({
      method: 'get',
      path: '/docs.css',
      summary: 'The style of that page',
      responses: { 200: { description: 'CSS', type: 'text/css' } },
      handle: () => DOCS_STYLE,
    }),
  ];
}
