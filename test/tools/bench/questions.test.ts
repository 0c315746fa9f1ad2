import { describe, expect, it } from '@jest/globals';
import type { OpenApi, Operation } from '../../../src/api/docs/openapi.ts';
import { nameOf, questionsFor, urlOf } from '../../../tools/bench/support/questions.ts';
import type { ReadingStock } from '../../../tools/bench/support/readingStock.ts';

const STOCK: ReadingStock = {
  count: 1_000,
  users: 150,
  sessions: 400,
  commonTag: 'group',
  rareTag: 'rare',
  experiment: 'check in',
  lastDay: '2026-11-29',
};

function document(routes: Record<string, Partial<Operation>>): Pick<OpenApi, 'paths'> {
  const json = { 200: { description: '', content: { 'application/json': { schema: {} } } } };
  const operation = { operationId: '', summary: '', security: [{ key: ['read'] }], parameters: [], responses: json };
  return {
    paths: Object.fromEntries(Object.entries(routes).map(([path, own]) => [path, { get: { ...operation, ...own } }])),
  };
}

describe('the questions of the bench', () => {
  it('are asked of every read route, also of one that was added since', () => {
    const questions = questionsFor(
      document({
        '/v1/feedback': {},
        '/v1/orgs/{id}/new': {},
        '/v1/keys': { security: [{ key: ['admin'] }] },
        '/v1/stream': { responses: { 200: { description: '', content: { 'text/event-stream': { schema: {} } } } } },
        '/v1/needs': { parameters: [{ name: 'a', in: 'query', required: true, schema: {} }] },
      }),
    );
    const paths = new Set(questions.map(({ path }) => path));
    expect(paths).toEqual(new Set(['/v1/feedback', '/v1/orgs/{id}/new']));
    expect(questions.map(nameOf)).toContain('/v1/feedback?tag=absent');
    expect(new Set(questions.map(nameOf)).size).toBe(questions.length);
  });

  it('become requests without a brace, each for other users and sessions', () => {
    const routes = ['/v1/feedback', '/v1/users/{id}/trend', '/v1/orgs/{id}/themes/{theme}/quotes', '/v1/summary'];
    for (const question of questionsFor(document(Object.fromEntries(routes.map((path) => [path, {}])))))
      expect(urlOf(question, STOCK, 3)).toMatch(/^\/v1\/[^{}\s]*$/);
    const [summary] = questionsFor(document({ '/v1/summary': {} })).filter(({ query }) => query !== undefined);
    expect(urlOf(summary!, STOCK, 0)).toBe('/v1/summary?from=2026-10-30&to=2026-11-29');
    const trend = { path: '/v1/users/{id}/trend', must: 30 };
    expect(urlOf(trend, STOCK, 1)).not.toBe(urlOf(trend, STOCK, 2));
  });
});
