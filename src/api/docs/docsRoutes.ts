import { sendJson } from '../http/problem.ts';
import type { Route } from '../route.ts';
import { DOCS_STYLE, docsPage } from './docsPage.ts';
import type { OpenApi } from './openapi.ts';

/** The documentation of the API: for machines, and to read. */
export function docsRoutes(api: OpenApi): Route[] {
  const page = docsPage(api);
  return [
    {
      method: 'get',
      path: '/openapi.json',
      summary: 'The API as an OpenAPI document',
      responses: { 200: { description: 'OpenAPI 3.1' } },
      errors: [],
      handle: (_request, response) => sendJson(response, 200, api),
    },
    {
      method: 'get',
      path: '/docs',
      summary: 'The API as a page to read',
      responses: { 200: { description: 'HTML', type: 'text/html' } },
      errors: [],
      handle: (_request, response) => {
        response.type('html').send(page);
      },
    },
    {
      method: 'get',
      path: '/docs.css',
      summary: 'How that page looks',
      responses: { 200: { description: 'CSS', type: 'text/css' } },
      errors: [],
      handle: (_request, response) => {
        response.type('css').send(DOCS_STYLE);
      },
    },
  ];
}
