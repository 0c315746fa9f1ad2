import { type AnalyzeText, createTextAnalyzer } from '../../analysis/analyzer.ts';
import { flatThemes, type Taxonomy } from '../../analysis/taxonomy/taxonomy.ts';
import { createThemeFinder, type FindThemes } from '../../analysis/taxonomy/themeFinder.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId } from '../feedback/feedbackDocument.ts';
import { trimClause } from '../feedback/trimClause.ts';
import type { ActiveTaxonomies } from './activeTaxonomies.ts';

/** A clause that a taxonomy would begin, or cease, to count for a theme. */
export interface Example {
  /** of the feedback */
  id: string;
  /** in `improvements`, UTF-16 */
  start: number;
  end: number;
  text: string;
}

/** What a taxonomy would do to one theme. All counts are of feedback. */
export interface ThemeEdit {
  theme: string;
  before: number;
  after: number;
  added: number;
  removed: number;
  examples: { added: Example[]; removed: Example[] };
}

export interface DryRun {
  /** texts that were read, and how many of them the taxonomy would apply to */
  read: number;
  texts: number;
  /** time of the oldest of them */
  since: Date | null;
  /** texts of which any theme would change */
  changed: number;
  /** those that would change most first */
  themes: ThemeEdit[];
}

/** `read`: feedback looked through for texts; `slice`: texts analysed before others get their turn. */
const LIMITS = { texts: 10_000, read: 40_000, slice: 100, examples: 3, timeoutMs: 20_000 };

/**
 * Says what a taxonomy would add and remove, on the latest texts of an org, or of the deployment (null): of those alone
 * whose orgs follow it. Reads along an index and holds counts and examples only, so that it takes the same time and room
 * however much there is.
 */
export async function dryRun(
  models: Models,
  inForce: ActiveTaxonomies,
  proposed: { orgId: string | null; themes: Taxonomy },
  limits = LIMITS,
): Promise<DryRun> {
  const { orgId, themes } = proposed;
  const findProposed = createThemeFinder(themes);
  const read = createTextAnalyzer();
  const edits = createEdits(limits.examples);
  for (const { id } of flatThemes(themes)) edits.of(id);
  const result: DryRun = { read: 0, texts: 0, since: null, changed: 0, themes: [] };
  for await (const some of slicesOf(latestTexts(models, orgId, limits), limits.slice)) {
    const taxonomyOf = await inForce.of(some.map((one) => one.orgId ?? null));
    for (const one of some) {
      result.read++;
      result.since = one.createdAt;
      const { source, findThemes } = taxonomyOf(one.orgId ?? null);
      if (orgId === null && source === 'org') continue;
      result.texts++;
      if (edits.add(one, findBoth(read, one.improvements, findThemes, findProposed))) result.changed++;
    }
    await new Promise(setImmediate);
  }
  return { ...result, themes: edits.list() };
}

type Text = Pick<FeedbackDocument, '_id' | 'orgId' | 'createdAt'> & { improvements: string };

/** Newest first. */
function latestTexts(models: Models, orgId: string | null, limits: typeof LIMITS): AsyncIterable<Text> {
  return models.feedback
    .aggregate<Text>(
      [
        { $match: orgId === null ? {} : { orgId } },
        { $sort: { createdAt: -1, _id: -1 } },
        { $limit: limits.read },
        { $match: { improvements: { $exists: true } } },
        { $limit: limits.texts },
        { $project: { orgId: 1, createdAt: 1, improvements: 1 } },
      ],
      {
        maxTimeMS: limits.timeoutMs,
        hint: { ...(orgId !== null && { orgId: 1 }), createdAt: 1, _id: 1 },
      },
    )
    .cursor({ batchSize: 500 });
}

async function* slicesOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let slice: T[] = [];
  for await (const item of items) {
    slice.push(item);
    if (slice.length < size) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** The first clause of each theme. */
type Places = Map<string, { start: number; end: number }>;

/** Reads a text once, and looks in each of its clauses for the themes of both. */
function findBoth(read: AnalyzeText, text: string, former: FindThemes, next: FindThemes) {
  const places = { before: new Map() as Places, after: new Map() as Places };
  read(text, (all, tokens, from, to) => {
    const place = { start: tokens.start[from]!, end: tokens.end[to - 1]! };
    for (const theme of former(all, tokens, from, to))
      if (!places.before.has(theme)) places.before.set(theme, place);
    for (const theme of next(all, tokens, from, to))
      if (!places.after.has(theme)) places.after.set(theme, place);
    return [];
  });
  return places;
}

function createEdits(maxExamples: number) {
  const edits = new Map<string, ThemeEdit>();
  const of = (theme: string): ThemeEdit => {
    let edit = edits.get(theme);
    if (!edit) {
      edit = { theme, before: 0, after: 0, added: 0, removed: 0, examples: { added: [], removed: [] } };
      edits.set(theme, edit);
    }
    return edit;
  };

  function show(examples: Example[], { _id, improvements }: Text, place: { start: number; end: number }) {
    if (examples.length >= maxExamples) return;
    const { start, text } = trimClause(improvements, place.start, place.end);
    // Three times the same sentence would show no more than once.
    if (examples.some((example) => example.text === text)) return;
    examples.push({ id: publicId(_id), start, end: place.end, text });
  }

  return {
    of,
    /** Says whether anything would change. */
    add(one: Text, { before, after }: { before: Places; after: Places }): boolean {
      let isChanged = false;
      for (const [theme, place] of before) {
        const edit = of(theme);
        edit.before++;
        if (after.has(theme)) continue;
        isChanged = true;
        edit.removed++;
        show(edit.examples.removed, one, place);
      }
      for (const [theme, place] of after) {
        const edit = of(theme);
        edit.after++;
        if (before.has(theme)) continue;
        isChanged = true;
        edit.added++;
        show(edit.examples.added, one, place);
      }
      return isChanged;
    },
    list: () =>
      [...edits.values()].sort(
        (a, b) => b.added + b.removed - (a.added + a.removed) || (a.theme < b.theme ? -1 : 1),
      ),
  };
}
