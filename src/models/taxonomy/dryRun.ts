import { type AnalyzeText, createTextAnalyzer } from '../../analysis/analyzer.ts';
import { flatThemes, type Taxonomy } from '../../analysis/taxonomy/taxonomy.ts';
import { createThemeFinder, type FindThemes } from '../../analysis/taxonomy/themeFinder.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId } from '../feedback/feedbackDocument.ts';
import { trimClause } from '../feedback/trimClause.ts';
import { chunksOf } from '../mongodb/chunksOf.ts';
import type { ActiveTaxonomies } from './activeTaxonomies.ts';

/** A clause that a taxonomy would add to a theme, or remove from it. */
export interface Example {
  /** id of the feedback */
  id: string;
  /** offset in `improvements`, in UTF-16 code units */
  start: number;
  end: number;
  text: string;
}

/** The effect of a taxonomy on one theme. All counts are of feedback. */
export interface ThemeEdit {
  theme: string;
  before: number;
  after: number;
  added: number;
  removed: number;
  examples: { added: Example[]; removed: Example[] };
}

export interface DryRun {
  /** texts that were read */
  read: number;
  /** texts whose org would use the taxonomy */
  texts: number;
  /** time of the oldest text that was read */
  since: Date | null;
  /** texts with a theme that would change */
  changed: number;
  /** largest change first */
  themes: ThemeEdit[];
}

/** Max texts, feedback searched for texts, texts analysed in one turn of the event loop, and examples of a theme. */
const LIMITS = { texts: 10_000, read: 40_000, chunk: 100, examples: 3, timeoutMs: 20_000 };

/**
 * Tells what a taxonomy would add and remove in the latest texts of an org. For the deployment (`orgId` null), texts
 * of orgs with a taxonomy of their own do not count. Reads along an index and keeps counts and examples only, so time
 * and memory are bounded.
 */
export async function dryRun(
  models: Models,
  active: ActiveTaxonomies,
  proposed: { orgId: string | null; themes: Taxonomy },
  limits = LIMITS,
): Promise<DryRun> {
  const { orgId, themes } = proposed;
  const findProposed = createThemeFinder(themes);
  const analyzeText = createTextAnalyzer();
  const edits = createEdits(limits.examples);
  for (const { id } of flatThemes(themes)) edits.of(id);
  const result: DryRun = { read: 0, texts: 0, since: null, changed: 0, themes: [] };
  for await (const texts of chunksOf(latestTexts(models, orgId, limits), limits.chunk)) {
    const taxonomyOf = await active.of(texts.map((text) => text.orgId ?? null));
    for (const text of texts) {
      result.read++;
      result.since = text.createdAt;
      const { source, findThemes } = taxonomyOf(text.orgId ?? null);
      if (orgId === null && source === 'org') continue;
      result.texts++;
      if (edits.add(text, findBoth(analyzeText, text.improvements, findThemes, findProposed))) result.changed++;
    }
    await new Promise(setImmediate);
  }
  return { ...result, themes: edits.list() };
}

type Text = Pick<FeedbackDocument, '_id' | 'orgId' | 'createdAt'> & { improvements: string };

/** Feedback with a text, newest first. */
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
      { maxTimeMS: limits.timeoutMs, hint: { ...(orgId !== null && { orgId: 1 }), createdAt: 1, _id: 1 } },
    )
    .cursor({ batchSize: 500 });
}

interface Span {
  start: number;
  end: number;
}

/** The first clause of each theme in a text. */
type FirstClauses = Map<string, Span>;

/** Analyses a text once, and finds the themes of two taxonomies in each clause. */
function findBoth(analyzeText: AnalyzeText, text: string, findActive: FindThemes, findProposed: FindThemes) {
  const clauses = { before: new Map() as FirstClauses, after: new Map() as FirstClauses };
  analyzeText(text, (all, tokens, from, to) => {
    const span = { start: tokens.start[from]!, end: tokens.end[to - 1]! };
    for (const theme of findActive(all, tokens, from, to))
      if (!clauses.before.has(theme)) clauses.before.set(theme, span);
    for (const theme of findProposed(all, tokens, from, to))
      if (!clauses.after.has(theme)) clauses.after.set(theme, span);
    return [];
  });
  return clauses;
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

  function addExample(examples: Example[], { _id, improvements }: Text, { start, end }: Span) {
    if (examples.length >= maxExamples) return;
    const clause = trimClause(improvements, start, end);
    // The same sentence again would show nothing new.
    if (examples.some(({ text }) => text === clause.text)) return;
    examples.push({ id: publicId(_id), start: clause.start, end, text: clause.text });
  }

  return {
    of,
    /** Counts a text. Returns whether any of its themes would change. */
    add(text: Text, { before, after }: { before: FirstClauses; after: FirstClauses }): boolean {
      let isChanged = false;
      for (const theme of new Set([...before.keys(), ...after.keys()])) {
        const edit = of(theme);
        const [spanBefore, spanAfter] = [before.get(theme), after.get(theme)];
        if (spanBefore) edit.before++;
        if (spanAfter) edit.after++;
        if (spanBefore && spanAfter) continue;
        isChanged = true;
        const effect = spanBefore ? 'removed' : 'added';
        edit[effect]++;
        addExample(edit.examples[effect], text, (spanBefore ?? spanAfter)!);
      }
      return isChanged;
    },
    list: () =>
      [...edits.values()].sort((a, b) => b.added + b.removed - (a.added + a.removed) || (a.theme < b.theme ? -1 : 1)),
  };
}
