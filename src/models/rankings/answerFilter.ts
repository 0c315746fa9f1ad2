import { choiceKey, choiceOf, OTHER_CHOICE } from '../../aggregates/choiceKey.ts';
import { hasWords } from '../../aggregates/rankings/hasWords.ts';
import { spellingsOf } from '../../ingest/names/labels.ts';
import type { ChoiceFilter } from '../feedback/findFeedback.ts';

/** Whether the key of a choice is an answer that is meant. Answers that were not counted by name match nothing. */
export function answerFilter(filter: ChoiceFilter): (key: string) => boolean {
  if ('exactly' in filter) {
    const keys = new Set(spellingsOf(filter.exactly).map(choiceKey));
    return (key) => key !== OTHER_CHOICE && keys.has(key);
  }
  const spellings = spellingsOf(filter.word);
  return (key) => key !== OTHER_CHOICE && spellings.some((words) => hasWords(choiceOf(key), words));
}
