import { z } from 'zod';
import { CHOICES, RATINGS } from '../../aggregates/contribution.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import { count, instant, zoneOfDays } from '../reading/readingSchemas.ts';

const verdict = z
  .enum(['yes', 'no', 'unclear'])
  .meta({ description: 'unclear with too few ratings or people; yes if no criterion fails' });

const criteriaOf = (names: [string, ...string[]]) =>
  z.array(
    z.strictObject({
      criterion: z.enum(names),
      unit: z.enum(['ratings', 'people', 'stars', 'share', 'days']),
      number: z.number().nullable().meta({ description: 'null if there is nothing to measure' }),
      threshold: z.union([z.strictObject({ min: z.number() }), z.strictObject({ max: z.number() })]),
      holds: z.boolean().nullable().meta({ description: 'whether number meets threshold; null without a number' }),
      interval: z
        .array(z.number())
        .length(2)
        .nullable()
        .meta({ description: '95 % confidence interval of number; null for counts, which are exact' }),
    }),
  );

export const promoterSchema = z
  .strictObject({
    promoter: verdict,
    criteria: criteriaOf(['ratings', 'meanRating', 'lowRatings', 'negativeTexts', 'daysSinceLastFeedback']),
  })
  .meta({ id: 'Promoter', description: 'Whether a user would recommend the product.' });

export const caseStudySchema = z
  .strictObject({
    ...zoneOfDays,
    caseStudy: verdict,
    criteria: criteriaOf([
      'ratings',
      'people',
      'meanRating',
      'highRatings',
      'negativeTexts',
      'largestPerson',
      'recentChange',
      'leadOverOthers',
    ]),
  })
  .meta({ id: 'CaseStudy', description: 'Whether an org is fit for a case study.' });

const themes = (description: string) => z.array(z.string()).max(3).meta({ description });

export const profileSchema = z
  .strictObject({
    userId: idSchema,
    feedback: count,
    rating: z.number().min(1).max(5).nullable().meta({ description: 'mean overall rating' }),
    mood: z.enum(['happy', 'neutral', 'unhappy', 'unknown']).meta({
      description: 'by the mean rating (happy from 4, unhappy up to 2.5), without one by the sentiment of texts',
    }),
    likes: themes('themes that their texts are mostly positive about'),
    dislikes: themes('themes that their texts are mostly negative about'),
    willingToPay: z.string().nullable().meta({ description: 'most frequent answer' }),
    unanswered: z.array(z.enum([...RATINGS, ...CHOICES])).meta({ description: 'questions never answered' }),
    lastAt: instant.nullable(),
  })
  .meta({ id: 'UserProfile', description: 'A few facts about a user, without texts.' });
