import { CHOICES, type ChoiceName } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from './feedbackDocument.ts';

/** Distinct answers counted by name; those that come after them are counted as 'other'. */
export const CHOICE_LIMITS = { org: 100, all: 300 } as const;

/** How many lists a process remembers. A forgotten list is read again. */
const REMEMBERED_LISTS = 20_000;

/**
 * Decides which choices are counted as 'other', so that no aggregate grows without bound. A list only grows, and only
 * up to its limit; an answer that is on it stays on it. What is decided is stored with the feedback (`other`), never
 * decided again: a list may gain an entry whose feedback is then not stored, and nothing depends on it.
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
    /** Sets `other` on each document that needs it, in place. Asks MongoDB only about what is new to this process. */
    async mark(all: FeedbackDocument[]): Promise<void> {
      const documents = all.filter((document) => !isListed(known, document));
      if (documents.length === 0) return;
      const uses = documents.map(usesOf);
      const open = distinct(uses.flat().filter((use) => !isSettled(known, use)));
      // What is remembered may be forgotten while this waits, so what the batch needs is kept aside.
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
      documents.forEach((document, i) => {
        const unlisted = uses[i]!.filter(({ list, choice }) => !lists.get(list)?.has(choice));
        if (unlisted.length === 0) return;
        const [org, all] = (['org', 'all'] as const).map((scope) =>
          unlisted.filter((use) => use.scope === scope).map(({ question }) => question),
        );
        document.other = { ...(org?.length && { org }), ...(all?.length && { all }) };
      });
      for (const list of known.keys()) {
        if (known.size <= REMEMBERED_LISTS) break;
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

/** Whether all that a feedback chose is known to be counted by name, which is the way of nearly all. */
function isListed(lists: Lists, document: FeedbackDocument): boolean {
  return CHOICES.every((question) => {
    const choice = document[question];
    if (choice === undefined) return true;
    return (
      lists.get(listOf(document.orgId, question))?.has(choice) && lists.get(EVERYONES[question])?.has(choice)
    );
  });
}

const listOf = (orgId: string | undefined, question: ChoiceName) => `org ${orgId ?? ''} ${question}`;
const EVERYONES = Object.fromEntries(CHOICES.map((question) => [question, `all ${question}`])) as Record<
  ChoiceName,
  string
>;

function pairOf<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): [Key, Value][] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}

/** One answer, and the list that says whether it is counted by name. */
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
      { ...use, scope: 'all', list: EVERYONES[question], limit: CHOICE_LIMITS.all },
    ] satisfies Use[];
  });
}

const distinct = (uses: Use[]) => [
  ...new Map(uses.map((use) => [`${use.list}\0${use.choice}`, use])).values(),
];

/** A full list does not match the update, so the upsert tries to make a second one of the same name. */
function ignoreFullLists(error: { writeErrors?: { code: number }[] | { code: number } }): void {
  const errors = [error.writeErrors ?? []].flat();
  if (errors.length === 0 || errors.some(({ code }) => code !== 11000)) throw error;
}
