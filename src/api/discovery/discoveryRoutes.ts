import type { z } from 'zod';
import { DAY_MS, dayOf } from '../../aggregates/days.ts';
import { totalsOfPhrases } from '../../aggregates/discovery/phraseTotals.ts';
import { type SurprisingPhrase, surprisingPhrases } from '../../aggregates/discovery/surprisingPhrases.ts';
import { chooseQuotes } from '../../analysis/discovery/chooseQuotes.ts';
import { groupPhrases } from '../../analysis/discovery/groupPhrases.ts';
import { knownBy } from '../../analysis/discovery/phrases.ts';
import { proposeTheme } from '../../analysis/taxonomy/proposeTheme.ts';
import { flatThemes, type Taxonomy } from '../../analysis/taxonomy/taxonomy.ts';
import type { Models } from '../../models/database.ts';
import {
  arePhrasesCounted,
  lastPhraseDay,
  type PhraseClause,
  readExamples,
  readPhraseDays,
} from '../../models/discovery/readPhrases.ts';
import type { ActiveTaxonomies } from '../../models/taxonomy/activeTaxonomies.ts';
import { invalid } from '../http/problem.ts';
import { queries } from '../reading/querySchemas.ts';
import { SUBJECTS, subjectOf } from '../reading/subject.ts';
import { ok, type Route, route } from '../route.ts';
import { discoverySchema } from './discoverySchemas.ts';

const DEFAULT_DAYS = 28;
const MAX_DAYS = 92;
/** Phrases whose clauses are read, per group of the response. */
const PHRASES_PER_GROUP = 5;
/** Max clauses that are read of one phrase. */
const MAX_EXAMPLES = 8;
/** Min authors of a phrase. Fewer suggest a name or a personal habit. */
const MIN_AUTHORS = 3;
const MAX_QUOTES = 3;

/** Routes on phrases that are frequent and that no theme covers. */
export function discoveryRoutes({ models, taxonomies }: { models: Models; taxonomies: ActiveTaxonomies }): Route[] {
  return SUBJECTS.filter(({ level }) => level === 'all' || level === 'org').map(({ level, path, label }) =>
    route(`GET ${path}/discovery`, {
      summary: `Get frequent phrases that no theme covers, from ${label}`,
      scope: 'read',
      query: queries.discovery,
      responses: ok(discoverySchema),
      async handle({ caller, query, params }) {
        const subject = subjectOf(caller, level, params.id, undefined);
        const orgId = subject.level === 'org' ? subject.id : undefined;
        const { themes } = (await taxonomies.of([orgId ?? null]))(orgId ?? null);
        // A comparison would tell a key that is bound to an org what other orgs say.
        const mayCompare = orgId !== undefined && caller.orgId === null;
        return { timeZone: 'UTC' as const, ...(await discover(models, orgId, themes, { ...query, mayCompare })) };
      },
    }),
  );
}

const addDays = (day: string, days: number) => dayOf(new Date(Math.max(0, Date.parse(day) + days * DAY_MS)));

async function discover(
  models: Models,
  orgId: string | undefined,
  taxonomy: Taxonomy,
  query: z.infer<typeof queries.discovery> & { mayCompare: boolean },
) {
  // Read first: phrases counted during this request must not make an incomplete result look complete.
  const complete = await arePhrasesCounted(models);
  const to = query.to ?? (await lastPhraseDay(models, orgId));
  if (to === null) return { complete, period: null, baseline: null, groups: [] };
  const from = query.from ?? addDays(to, 1 - DEFAULT_DAYS);
  const length = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
  if (length > MAX_DAYS) throw invalid([{ pointer: '/from', message: `must leave at most ${MAX_DAYS} days` }]);
  if (length < 1) return { complete, period: null, baseline: null, groups: [] };
  const previous = { from: addDays(from, -length), to: addDays(from, -1) };
  const [now, before, everyone] = await Promise.all([
    readPhraseDays(models, orgId, { from, to }),
    readPhraseDays(models, orgId, previous),
    query.mayCompare ? readPhraseDays(models, undefined, { from, to }) : undefined,
  ]);
  const totals = { now: totalsOfPhrases(now), before: totalsOfPhrases(before) };
  const found = surprisingPhrases(
    totals.now,
    totals.before,
    everyone && totalsOfPhrases(everyone),
    knownBy(taxonomy),
  ).slice(0, query.limit * PHRASES_PER_GROUP);
  return {
    complete,
    period: { from, to, texts: totals.now.texts },
    baseline: { ...previous, texts: totals.before.texts },
    groups: await groupsOf(models, orgId, taxonomy, found, query.limit),
  };
}

async function groupsOf(
  models: Models,
  orgId: string | undefined,
  taxonomy: Taxonomy,
  found: SurprisingPhrase[],
  limit: number,
) {
  const examplesOf = ({ examples }: SurprisingPhrase) => examples.slice(0, MAX_EXAMPLES);
  const clauses = await readExamples(models, orgId, found.flatMap(examplesOf));
  const phrases = found
    .map((phrase) => {
      const own = examplesOf(phrase).flatMap((example) => clauses.get(example) ?? []);
      return { ...phrase, own, clauses: new Set(own.map(({ id, start }) => `${id} ${start}`)) };
    })
    .filter(({ own }) => new Set(own.map(({ by }) => by)).size >= MIN_AUTHORS);
  return groupPhrases(phrases)
    .slice(0, limit)
    .map(({ name, members }) => {
      const written = [name, ...members.filter((member) => member !== name)].map((member) => member.written);
      return {
        phrase: name.written,
        phrases: members.map(presentPhrase),
        quotes: quotesOf(members.flatMap(({ own }) => own)),
        theme: proposeTheme(written, flatThemes(taxonomy)),
      };
    });
}

function presentPhrase({ written: phrase, count, atMost, sentiment, surprise, trend }: SurprisingPhrase) {
  return { phrase, count, atMost, sentiment, surprise, trend };
}

function quotesOf(clauses: readonly PhraseClause[]) {
  const distinct = new Map(clauses.map((clause) => [`${clause.id} ${clause.start}`, clause]));
  return chooseQuotes([...distinct.values()], MAX_QUOTES).map(({ by: _, ...quote }) => quote);
}
