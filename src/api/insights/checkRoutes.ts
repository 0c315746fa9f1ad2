import { DAY_MS } from '../../aggregates/days.ts';
import type { Delta } from '../../aggregates/delta.ts';
import { changesIn } from '../../aggregates/insights/changes.ts';
import { checkCaseStudy, checkPromoter } from '../../aggregates/insights/criteria.ts';
import { userProfile } from '../../aggregates/insights/userProfile.ts';
import { dayIn } from '../../aggregates/zoneDays.ts';
import { readDays, readTotals, type Subject } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { readPeople } from '../../models/feedback/readPeople.ts';
import { queries } from '../reading/querySchemas.ts';
import { type ReadingServices, readInZone } from '../reading/readInZone.ts';
import { subjectOf } from '../reading/subject.ts';
import { ok, type Route, route } from '../route.ts';
import { caseStudySchema, profileSchema, promoterSchema } from './checkSchemas.ts';
import { daysBefore } from './insightLimits.ts';

/** Days that are searched for a fall of the rating, and days that are recent. */
const DAYS = { searched: 365, recent: 90 };

/** Routes that check a user or an org by criteria, or describe a user for apps. */
export function checkRoutes({ models, zones }: ReadingServices): Route[] {
  return [
    route('GET /v1/users/{id}/promoter', {
      summary: 'Check whether a user is a promoter, criterion by criterion',
      scope: 'read',
      query: queries.one,
      responses: ok(promoterSchema),
      async handle({ caller, query, params }) {
        const { delta, lastAt } = await readTotals(models, subjectOf(caller, 'user', params.id, query.orgId));
        const daysSince = lastAt && Math.max(0, Math.floor((Date.now() - lastAt.getTime()) / DAY_MS));
        const { verdict, criteria } = checkPromoter(delta, daysSince);
        return { promoter: verdict, criteria };
      },
    }),
    route('GET /v1/orgs/{id}/case-study', {
      summary: 'Check whether an org is fit for a case study, criterion by criterion',
      scope: 'read',
      query: queries.of.org.one,
      responses: ok(caseStudySchema),
      handle({ caller, query, params }) {
        const org = subjectOf(caller, 'org', params.id, query.orgId) as OrgSubject;
        return readInZone(zones, org.id, (zone) => checkOrg(models, org, zone, caller.orgId === null));
      },
    }),
    route('GET /v1/users/{id}/profile', {
      summary: 'Get a few facts about a user, for an app that adapts to them',
      scope: 'read',
      query: queries.one,
      responses: ok(profileSchema),
      async handle({ caller, query, params }) {
        const { delta, lastAt } = await readTotals(models, subjectOf(caller, 'user', params.id, query.orgId));
        return { userId: params.id.trim(), ...userProfile(delta), lastAt };
      },
    }),
  ];
}

type OrgSubject = Extract<Subject, { level: 'org' }>;

async function checkOrg(models: Models, org: OrgSubject, zone: string | undefined, seesEveryone: boolean) {
  const [totals, people, everyone] = await Promise.all([
    readTotals(models, org),
    readPeople(models, org.id),
    seesEveryone ? readTotals(models, { level: 'all' }) : undefined,
  ]);
  const counts = [...people.values()];
  const sample = {
    people: counts.length,
    named: counts.reduce((sum, count) => sum + count, 0),
    mostOfOne: counts.reduce((most, count) => Math.max(most, count), 0),
  };
  const last = totals.lastAt && dayIn(totals.lastAt, zone);
  const fall = last === null ? undefined : await recentFall(models, org, last, zone);
  const { verdict, criteria } = checkCaseStudy(totals.delta, sample, fall, everyone?.delta);
  return { caseStudy: verdict, criteria };
}

/** The latest change of the overall rating, if it is a fall and not long before the last day with feedback. */
async function recentFall(models: Models, org: OrgSubject, last: string, zone: string | undefined) {
  const days = await readDays(models, org, { from: daysBefore(last, DAYS.searched - 1), to: last, zone });
  const ratings = new Map([...days].map(([day, { delta }]) => [day, overallRatings(delta)]));
  const [latest] = changesIn(ratings).changes;
  return latest?.direction === 'lower' && latest.since > daysBefore(last, DAYS.recent) ? latest : undefined;
}

const overallRatings = (delta: Delta): Delta =>
  new Map([...delta].filter(([path]) => path.startsWith('r.overallRating.')));
