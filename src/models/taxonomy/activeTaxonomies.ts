import type { Analyze } from '../../analysis/analysis.ts';
import { ANALYSIS_VERSION, createTextAnalyzer } from '../../analysis/analyzer.ts';
import { defaultTaxonomy } from '../../analysis/taxonomy/defaultTaxonomy.ts';
import type { Taxonomy } from '../../analysis/taxonomy/taxonomy.ts';
import { createThemeFinder, type FindThemes } from '../../analysis/taxonomy/themeFinder.ts';
import type { Models } from '../database.ts';
import { createPolledCache } from '../polledCache.ts';
import type { TaxonomyDocument } from './taxonomySchema.ts';

/** A taxonomy, and how an analysis that was made by it says so. */
export interface ActiveTaxonomy {
  source: 'org' | 'deployment' | 'shipped';
  /** of the source; 0 for what was shipped */
  version: number;
  themes: Taxonomy;
  findThemes: FindThemes;
  analysisVersion: string;
}

/**
 * The taxonomies by which feedback is analysed now, each org's own or the one that it follows. Which versions are in
 * force is read every `REFRESH_MS`; the taxonomies themselves when they are first needed, and a bounded number is kept.
 */
export interface ActiveTaxonomies {
  /** Reads what feedback of these orgs needs, and gives the taxonomy of each; null: of no org. */
  of(orgIds: Iterable<string | null>): Promise<(orgId: string | null) => ActiveTaxonomy>;
  /** The same as analyzers. */
  analyzersOf(orgIds: Iterable<string | null>): Promise<(orgId: string | null) => Analyze>;
  /** Takes up what was stored just now. */
  refresh(): Promise<void>;
  /** Changes whenever another version comes into force anywhere. */
  revision(): string;
  close(): void;
}

const REFRESH_MS = 1_000;
/** A taxonomy takes a few hundred kilobytes once it can be searched for. */
const KEPT_TAXONOMIES = 40;

interface Head {
  version: number;
  isOwn: boolean;
}

const DEFAULT_TAXONOMY = '0';

export function createActiveTaxonomies(models: Pick<Models, 'taxonomies'>): ActiveTaxonomies {
  const read = createTextAnalyzer();
  const shipped = activeTaxonomy('shipped', 0, defaultTaxonomy);
  /** by the `_id` of their documents, the one used last at the end */
  const kept = new Map<string, ActiveTaxonomy>();
  const heads = createPolledCache({
    initial: { byScope: new Map<string, Head>(), revision: '' },
    read: readHeads,
    intervalMs: REFRESH_MS,
  });

  async function readHeads() {
    const found = await models.taxonomies.aggregate<{ _id: string | null; version: number; isOwn: boolean }>([
      { $sort: { orgId: 1, version: -1 } },
      { $project: { orgId: 1, version: 1, isOwn: { $isArray: '$themes' } } },
      { $group: { _id: '$orgId', version: { $first: '$version' }, isOwn: { $first: '$isOwn' } } },
      { $sort: { _id: 1 } },
    ]);
    const byScope = new Map(found.map(({ _id, version, isOwn }) => [_id ?? '', { version, isOwn }]));
    return { byScope, revision: JSON.stringify(found) };
  }

  /** The document of the taxonomy that an org's feedback is analysed by. */
  function documentFor(orgId: string | null): string {
    for (const scope of orgId === null ? [''] : [orgId, '']) {
      const head = heads.current().byScope.get(scope);
      if (head?.isOwn) return `${scope} ${head.version}`;
    }
    return DEFAULT_TAXONOMY;
  }

  async function take(ids: Set<string>): Promise<Map<string, ActiveTaxonomy>> {
    const taken = new Map<string, ActiveTaxonomy>();
    for (const id of ids) {
      const known = id === DEFAULT_TAXONOMY ? shipped : kept.get(id);
      if (known) taken.set(id, known);
    }
    const missing = [...ids].filter((id) => !taken.has(id));
    if (missing.length > 0) {
      const found = models.taxonomies.find({ _id: { $in: missing } }).lean<TaxonomyDocument[]>();
      for (const { _id, orgId, version, themes } of await found)
        taken.set(
          _id,
          activeTaxonomy(orgId === null ? 'deployment' : 'org', version, themes ?? defaultTaxonomy),
        );
    }
    for (const [id, taxonomy] of taken) {
      if (id === DEFAULT_TAXONOMY) continue;
      kept.delete(id);
      kept.set(id, taxonomy);
    }
    for (const id of kept.keys()) {
      if (kept.size <= KEPT_TAXONOMIES) break;
      kept.delete(id);
    }
    return taken;
  }

  async function of(orgIds: Iterable<string | null>) {
    await heads.load();
    const documents = new Map([...new Set(orgIds)].map((orgId) => [orgId, documentFor(orgId)]));
    const taken = await take(new Set(documents.values()));
    return (orgId: string | null) => taken.get(documents.get(orgId) ?? DEFAULT_TAXONOMY) ?? shipped;
  }

  return {
    of,
    async analyzersOf(orgIds) {
      const taxonomyOf = await of(orgIds);
      return (orgId) => {
        const { findThemes, analysisVersion } = taxonomyOf(orgId);
        return (text) => {
          const analysis = read(text, findThemes);
          analysis.version = analysisVersion;
          return analysis;
        };
      };
    },
    refresh: heads.refresh,
    revision: () => heads.current().revision,
    close: heads.close,
  };
}

function activeTaxonomy(source: ActiveTaxonomy['source'], version: number, themes: Taxonomy): ActiveTaxonomy {
  const by = source === 'shipped' ? '' : `+${source}@${version}`;
  return {
    source,
    version,
    themes,
    findThemes: createThemeFinder(themes),
    // The feedback says itself which org it is of, so this stays short.
    analysisVersion: `${ANALYSIS_VERSION}${by}`,
  };
}
