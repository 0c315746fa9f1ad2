import type { Sentiment } from '../../../src/analysis/analysis.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import type { Weights } from '../../../src/analysis/sentiment/weights.ts';
import type { Taxonomy } from '../../../src/analysis/taxonomy/taxonomy.ts';
import type { Label, Row } from '../train/dataSets.ts';
import { f1, macroF1 } from './measures.ts';

export interface ThemeScore {
  rows: number;
  /** micro-F1 of the themes of each text, 0 to 1 */
  themes: number;
  /** macro-F1 of the sentiment of each labelled theme, given the theme, 0 to 1 */
  sentiment: number;
  byTheme: { theme: string; right: number; wrong: number; missed: number }[];
}

/** The theme of a laptop label of ACOS (`ENTITY#ATTRIBUTE`): the price, or the kind of part. */
export function laptopCategory(label: string): string | undefined {
  const [entity = '', attribute] = label.split('#');
  if (attribute === 'PRICE') return 'price';
  return LAPTOP_PARTS[entity];
}

const LAPTOP_PARTS: Record<string, string> = {
  DISPLAY: 'display',
  KEYBOARD: 'keyboard',
  MOUSE: 'keyboard',
  BATTERY: 'battery',
  POWER_SUPPLY: 'battery',
  MULTIMEDIA_DEVICES: 'multimedia',
  OS: 'software',
  SOFTWARE: 'software',
  SUPPORT: 'service',
  SHIPPING: 'service',
  COMPANY: 'service',
  WARRANTY: 'service',
  LAPTOP: 'laptop',
  HARDWARE: 'hardware',
  CPU: 'hardware',
  MEMORY: 'hardware',
  HARD_DISC: 'hardware',
  GRAPHICS: 'hardware',
  MOTHERBOARD: 'hardware',
  PORTS: 'hardware',
  OPTICAL_DRIVES: 'hardware',
  'FANS&COOLING': 'hardware',
};

export function scoreThemes(
  rows: Row[],
  taxonomy: Taxonomy,
  categoryOf: (label: string) => string | undefined = (label) => label,
  weights?: Weights,
): ThemeScore {
  const analyze = createAnalyzer({ taxonomy, ...(weights && { weights }) });
  const byTheme = new Map(taxonomy.map(({ id }) => [id, { theme: id, right: 0, wrong: 0, missed: 0 }]));
  const pairs: [string, string][] = [];
  for (const row of rows) {
    const { mentions, sentiment } = analyze(row.text);
    const labelled = new Map<string, Label>();
    for (const { category, polarity } of row.aspects ?? []) {
      const theme = categoryOf(category);
      if (theme !== undefined) labelled.set(theme, polarity);
    }
    const found = new Set(mentions.map(({ theme }) => theme));
    for (const [theme, counts] of byTheme) {
      if (labelled.has(theme)) counts[found.has(theme) ? 'right' : 'missed']++;
      else if (found.has(theme)) counts.wrong++;
    }
    for (const [theme, polarity] of labelled) {
      const found = mentions.filter((mention) => mention.theme === theme).map((mention) => mention.sentiment);
      pairs.push([polarity, strongestLabel(found.length > 0 ? found : sentiment ? [sentiment] : [])]);
    }
  }
  const sum = (part: 'right' | 'wrong' | 'missed') =>
    [...byTheme.values()].reduce((total, counts) => total + counts[part], 0);
  return {
    rows: rows.length,
    themes: f1(sum('right'), sum('wrong'), sum('missed')),
    sentiment: macroF1(pairs),
    byTheme: [...byTheme.values()],
  };
}

/** The label of the strongest of several sentiments about one theme. */
function strongestLabel(sentiments: Sentiment[]): Label {
  const strongest = sentiments.reduce<Sentiment | undefined>(
    (best, next) => (best && Math.abs(best.score) >= Math.abs(next.score) ? best : next),
    undefined,
  );
  if (!strongest || strongest.label === 'neutral') return 'neu';
  const isPositive = strongest.label === 'mixed' ? strongest.score > 0 : strongest.label === 'positive';
  return isPositive ? 'pos' : 'neg';
}
