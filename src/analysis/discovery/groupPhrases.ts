/** A phrase, the number of feedback with it, and keys of clauses with it. */
export interface Groupable {
  stems: string;
  count: number;
  clauses: ReadonlySet<string>;
}

/** Min share and number of common clauses of two phrases about the same subject. */
const MIN_COMMON_SHARE = 0.5;
const MIN_COMMON = 3;
/** Min count of a longer phrase that names the group, as a share of the leader's count. */
const MIN_NAME_SHARE = 0.6;

/**
 * Groups phrases about the same subject. A phrase joins the first group with a similar leader: one contains the other, they
 * share half of all stems, or they share half of the clauses of each. Groups and members keep the order of `phrases`. `name` is
 * the longest member that contains the leader and is nearly as frequent.
 */
export function groupPhrases<T extends Groupable>(phrases: readonly T[]): { name: T; members: T[] }[] {
  const groups: T[][] = [];
  for (const phrase of phrases) {
    const group = groups.find(([leader]) => isSimilar(leader!, phrase));
    if (group) group.push(phrase);
    else groups.push([phrase]);
  }
  return groups.map((members) => {
    const [leader] = members;
    const longer = members.filter(
      ({ stems, count }) =>
        stems.length > leader!.stems.length &&
        ` ${stems} `.includes(` ${leader!.stems} `) &&
        count >= MIN_NAME_SHARE * leader!.count,
    );
    const name = longer.reduce((best, phrase) => (phrase.stems.length > best.stems.length ? phrase : best), leader!);
    return { name, members };
  });
}

function isSimilar(a: Groupable, b: Groupable): boolean {
  const [x, y] = [new Set(a.stems.split(' ')), new Set(b.stems.split(' '))];
  const common = [...x].filter((stem) => y.has(stem)).length;
  if (common === Math.min(x.size, y.size) || common / (x.size + y.size - common) >= 0.5) return true;
  const shared = [...a.clauses].filter((clause) => b.clauses.has(clause)).length;
  return shared >= MIN_COMMON && shared >= MIN_COMMON_SHARE * Math.max(a.clauses.size, b.clauses.size);
}
