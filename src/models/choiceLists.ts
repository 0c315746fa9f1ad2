import { CHOICES, type ChoiceName, type Countable } from '../aggregates/contribution.ts';
import type { Models } from './database.ts';
import type { FeedbackDocument } from './feedback.ts';

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
  const known = new Map<string, Set<string>>();

  async function isListed(list: string, choice: string, limit: number): Promise<boolean> {
    let choices = known.get(list);
    if (choices?.has(choice)) return true;
    if (choices && choices.size >= limit) return false;
    choices = await addToList(list, choice, limit);
    if (known.size >= REMEMBERED_LISTS) known.delete(known.keys().next().value!);
    known.set(list, choices);
    return choices.has(choice);
  }

  async function addToList(list: string, choice: string, limit: number): Promise<Set<string>> {
    const collection = models.choiceLists.collection;
    await collection
      .updateOne(
        { _id: list as never, [`choices.${limit - 1}`]: { $exists: false } },
        { $addToSet: { choices: choice } },
        { upsert: true },
      )
      .catch(ignoreFullList);
    const document = await models.choiceLists.findById(list).lean();
    return new Set(document?.choices);
  }

  return {
    /** Sets `other` on each document that needs it, in place. */
    async mark(documents: FeedbackDocument[]): Promise<void> {
      for (const document of documents) {
        const other: { org: ChoiceName[]; all: ChoiceName[] } = { org: [], all: [] };
        for (const question of CHOICES) {
          const choice = document[question];
          if (choice === undefined) continue;
          const orgsList = `org ${document.orgId ?? ''} ${question}`;
          if (!(await isListed(orgsList, choice, CHOICE_LIMITS.org))) other.org.push(question);
          if (!(await isListed(`all ${question}`, choice, CHOICE_LIMITS.all))) other.all.push(question);
        }
        const marked: Countable['other'] = {
          ...(other.org.length > 0 && { org: other.org }),
          ...(other.all.length > 0 && { all: other.all }),
        };
        if (Object.keys(marked).length > 0) document.other = marked;
      }
    },
  };
}

/** A full list does not match the update, so the upsert tries to make a second one of the same name. */
function ignoreFullList(error: { code?: number }): void {
  if (error.code !== 11000) throw error;
}
