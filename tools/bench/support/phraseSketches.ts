import { addUses, emptySketch, type PhraseUse } from '../../../src/aggregates/discovery/phraseSketch.ts';
import { createFindPhrases } from '../../../src/analysis/discovery/createFindPhrases.ts';
import type { FoundPhrase } from '../../../src/analysis/discovery/phrases.ts';
import { SKETCH_CAPACITY } from '../../../src/models/discovery/countPhrases.ts';
import { hasPhrases } from '../../../src/models/discovery/notePendingTexts.ts';
import {
  type PhraseSketchDocument,
  sketchFields,
  sketchIdsOf,
} from '../../../src/models/discovery/phraseSketchSchema.ts';
import type { FeedbackDocument } from '../../../src/models/feedback/feedbackDocument.ts';

/** Max texts in a sketch. More would take longer, and make none larger: its capacity is full. */
const MAX_TEXTS = 1_000;

const known = new Map<string, FoundPhrase[]>();
let find: ((text: string) => FoundPhrase[]) | undefined;

/** The phrase sketches of feedback, which is all of its days. Texts repeat, so each is read once. */
export function* phraseSketchesOf(documents: readonly FeedbackDocument[]): Generator<PhraseSketchDocument> {
  find ??= createFindPhrases();
  const textsBySketch = new Map<string, FeedbackDocument[]>();
  for (const document of documents.filter(hasPhrases))
    for (const id of sketchIdsOf(document)) {
      const texts = textsBySketch.get(id) ?? [];
      if (texts.length < MAX_TEXTS) texts.push(document);
      textsBySketch.set(id, texts);
    }
  for (const [id, texts] of textsBySketch) {
    const uses = texts.flatMap(({ _id, improvements = '' }): PhraseUse[] => {
      const found = known.get(improvements) ?? find!(improvements);
      known.set(improvements, found);
      return found.map((phrase) => ({ ...phrase, id: _id }));
    });
    const sketch = emptySketch(SKETCH_CAPACITY[id.startsWith('all ') ? 'all' : 'org']);
    addUses(sketch, uses, texts.length);
    yield { _id: id, ...sketchFields(sketch) };
  }
}
