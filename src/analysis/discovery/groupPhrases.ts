/** A phrase with clauses that it is in, each named the same wherever it comes. */
export interface Groupable {
  stems: string;
  count: number;
  clauses: ReadonlySet<string>;
}

/** Phrases that are in so much of each other's clauses speak of the same. */
const TOGETHER = 0.5;
const MIN_COMMON = 3;
/** A phrase that has so much of a shorter one within it names the group better. */
const MOSTLY = 0.6;

/**
 * Groups phrases by meaning, as far as stems and clauses tell: a phrase joins the first group whose leader it is part of, has
 * as a part, shares half of all stems with, or stands beside in half of the clauses of either. Groups are in the order of
 * their leaders, members too; `name` is the member that says the most while being said nearly as often.
 */
export function groupPhrases<T extends Groupable>(phrases: readonly T[]): { name: T; members: T[] }[] {
  const groups: T[][] = [];
  for (const phrase of phrases) {
    const group = groups.find(([leader]) => isAlike(leader!, phrase));
    if (group) group.push(phrase);
    else groups.push([phrase]);
  }
  return groups.map((members) => {
    const [leader] = members;
    const fuller = members.filter(
      ({ stems, count }) =>
        stems.length > leader!.stems.length &&
        ` ${stems} `.includes(` ${leader!.stems} `) &&
        count >= MOSTLY * leader!.count,
    );
    const name = fuller.reduce((best, one) => (one.stems.length > best.stems.length ? one : best), leader!);
    return { name, members };
  });
}

function isAlike(a: Groupable, b: Groupable): boolean {
  const [x, y] = [new Set(a.stems.split(' ')), new Set(b.stems.split(' '))];
  const common = [...x].filter((stem) => y.has(stem)).length;
  if (common === Math.min(x.size, y.size) || common / (x.size + y.size - common) >= 0.5) return true;
  const shared = [...a.clauses].filter((clause) => b.clauses.has(clause)).length;
  return shared >= MIN_COMMON && shared >= TOGETHER * Math.max(a.clauses.size, b.clauses.size);
}
