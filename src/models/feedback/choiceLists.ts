import { CHOICES, type ChoiceName } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from './feedbackDocument.ts';

/** Max distinct answers to a question that are counted by name. Later ones are counted as 'other'. */
export const CHOICE_LIMITS = { org: 100, all: 300 } as const;

/** Max lists that a process caches. A forgotten list is read again. */
const MAX_CACHED_LISTS = 20_000;

/**
 * Decides which choices are counted as 'other', so that no aggregate grows without limit. A list grows up to its limit,
 * and an answer on it stays on it. The decision is stored with the feedback (`other`) and never made again. So a list
 * may contain an answer whose feedback was not stored in the end.
 */
export function createChoiceLists(models: Pick<Models, 'choiceLists'>) {
  const known = new Map<string, ReadonlySet<string>>();

  async function read(uses: Use[]): Promise<Lists> {
    const ids = [...new Set(uses.map(({ list }) => list))];
    const found = await models.choiceLists.find({ _id: { $in: ids } }).lean();
    const choices = new Map(found.map((document) => [document._id, document.choices]));
    return new Map(ids.map((id) => [id, new Set(choices.get(id))]));
  }

  async function extend(uses: Use[]): Promise<void> {
    const updates = uses.map(({ list, choice, limit }) => ({
      updateOne: {
        filter: { _id: list as never, [`choices.${limit - 1}`]: { $exists: false } },
        update: { $addToSet: { choices: choice } },
        upsert: true,
      },
    }));
    await models.choiceLists.collection.bulkWrite(updates, { ordered: false }).catch(ignoreFullLists);
  }

  return {
    /** Sets `other` in documents that need it, in place. Reads from MongoDB only if an answer is new to this process. */
    async mark(batch: FeedbackDocument[]): Promise<void> {
      const documents = batch.filter((document) => !isListed(known, document));
      if (documents.length === 0) return;
      const uses = documents.map(usesOf);
      const open = distinct(uses.flat().filter((use) => !isSettled(known, use)));
      // The cache may forget lists while this waits, so the batch keeps its own.
      let lists: Lists = new Map(uses.flat().flatMap(({ list }) => pairOf(known, list)));
      if (open.length > 0) {
        lists = new Map([...lists, ...(await read(open))]);
        const missing = open.filter((use) => !isSettled(lists, use));
        if (missing.length > 0) {
          await extend(missing);
          lists = new Map([...lists, ...(await read(missing))]);
        }
        for (const [list, choices] of lists) known.set(list, choices);
      }
      documents.forEach((document, index) => {
        const unlisted = uses[index]!.filter(({ list, choice }) => !lists.get(list)?.has(choice));
        if (unlisted.length === 0) return;
        const [org, all] = (['org', 'all'] as const).map((scope) =>
          unlisted.filter((use) => use.scope === scope).map(({ question }) => question),
        );
        document.other = { ...(org?.length && { org }), ...(all?.length && { all }) };
      });
      for (const list of known.keys()) {
        if (known.size <= MAX_CACHED_LISTS) break;
        known.delete(list);
      }
    },
  };
}

type Lists = ReadonlyMap<string, ReadonlySet<string>>;

function isSettled(lists: Lists, { list, choice, limit }: Use): boolean {
  const choices = lists.get(list);
  return choices !== undefined && (choices.has(choice) || choices.size >= limit);
}

/** Whether all choices of a feedback are known to be counted by name, as in nearly every feedback. */
function isListed(lists: Lists, document: FeedbackDocument): boolean {
  return CHOICES.every((question) => {
    const choice = document[question];
    if (choice === undefined) return true;
    return lists.get(listOf(document.orgId, question))?.has(choice) && lists.get(ALL_LISTS[question])?.has(choice);
  });
}

const listOf = (orgId: string | undefined, question: ChoiceName) => `org ${orgId ?? ''} ${question}`;
const ALL_LISTS = Object.fromEntries(CHOICES.map((question) => [question, `all ${question}`])) as Record<
  ChoiceName,
  string
>;

function pairOf<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): [Key, Value][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}

/** An answer, and the list that decides whether it is counted by name. */
interface Use {
  list: string;
  choice: string;
  question: ChoiceName;
  scope: 'org' | 'all';
  limit: number;
}

function usesOf(document: FeedbackDocument): Use[] {
  return CHOICES.flatMap((question) => {
    const choice = document[question];
    if (choice === undefined) return [];
    const use = { choice, question };
    return [
      { ...use, scope: 'org', list: listOf(document.orgId, question), limit: CHOICE_LIMITS.org },
      { ...use, scope: 'all', list: ALL_LISTS[question], limit: CHOICE_LIMITS.all },
    ] satisfies Use[];
  });
}

const distinct = (uses: Use[]) => [...new Map(uses.map((use) => [`${use.list}\0${use.choice}`, use])).values()];

/** A full list does not match the update's filter. The upsert then fails with a duplicate id. */
function ignoreFullLists(error: { writeErrors?: { code: number }[] | { code: number } }): void {
  const errors = [error.writeErrors ?? []].flat();
  if (errors.length === 0 || errors.some(({ code }) => code !== 11000)) throw error;
}
