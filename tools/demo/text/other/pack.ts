import type { TopicId } from '../types.ts';

/** A language other than English: whole clauses by topic, and ways to join two. Patterns as in expand.ts. */
export interface LanguagePack {
  topics: readonly {
    id: TopicId;
    bad: readonly string[];
    good: readonly string[];
    /** Whole sentences that ask for something. */
    want: readonly string[];
  }[];
  /** `#g` is praise, `#b` a complaint. */
  contrasts: readonly string[];
  pairs: readonly string[];
  openers: { pleased: readonly string[]; displeased: readonly string[] };
  asides: { pleased: readonly string[]; displeased: readonly string[] };
  signOffs: readonly string[];
  shorts: { pleased: readonly string[]; neutral: readonly string[]; displeased: readonly string[] };
}
