import { LRUCache } from 'lru-cache';
import type { Analyze } from '../../analysis/analysis.ts';
import { ANALYSIS_VERSION, createTextAnalyzer } from '../../analysis/analyzer.ts';
import { defaultTaxonomy } from '../../analysis/taxonomy/defaultTaxonomy.ts';
import type { Taxonomy } from '../../analysis/taxonomy/taxonomy.ts';
import { createThemeFinder, type FindThemes } from '../../analysis/taxonomy/themeFinder.ts';
import type { Models } from '../database.ts';
import { createPolledCache } from '../polledCache.ts';
import type { TaxonomyDocument } from './taxonomySchema.ts';

/** A taxonomy that analyses feedback now. */
export interface ActiveTaxonomy {
  source: 'org' | 'deployment' | 'shipped';
  /** version of the source; 0 for the default taxonomy */
  version: number;
  themes: Taxonomy;
  findThemes: FindThemes;
  /** stored with each analysis */
  analysisVersion: string;
}

/**
 * The taxonomies that analyse feedback now: an org's own, else the deployment's, else the default one. The active
 * versions are polled every `REFRESH_MS`. The taxonomies themselves are read when they are first needed, and cached.
 */
export interface ActiveTaxonomies {
  /** Loads the taxonomies of these orgs, and returns a function that gives the one of each; null: of no org. */
  of(orgIds: Iterable<string | null>): Promise<(orgId: string | null) => ActiveTaxonomy>;
  /** The same as analyzers. */
  analyzersOf(orgIds: Iterable<string | null>): Promise<(orgId: string | null) => Analyze>;
  /** Whether any version of any scope has a theme with this id. */
  hasTheme(id: string): Promise<boolean>;
  /** Reads the active versions now. */
  refresh(): Promise<void>;
  /** Changes with every new active version, of any scope. */
  revision(): string;
  close(): void;
}

const REFRESH_MS = 1_000;
const SEARCH_TIMEOUT_MS = 5_000;
/** Max taxonomies in memory, a few hundred KB each. */
const MAX_CACHED = 40;

/** The latest version of a scope. */
interface Head {
  version: number;
  /** false: the scope follows the one above it */
  hasThemes: boolean;
}

export function createActiveTaxonomies(models: Pick<Models, 'taxonomies'>): ActiveTaxonomies {
  const analyzeText = createTextAnalyzer();
  const defaultActive = activeTaxonomy('shipped', 0, defaultTaxonomy);
  /** taxonomies by `_id` */
  const cached = new LRUCache<string, ActiveTaxonomy>({ max: MAX_CACHED });
  const heads = createPolledCache({
    initial: { byScope: new Map<string, Head>(), revision: '' },
    read: readHeads,
    intervalMs: REFRESH_MS,
  });

  async function readHeads() {
    const found = await models.taxonomies.aggregate<Head & { _id: string | null }>([
      { $sort: { orgId: 1, version: -1 } },
      { $project: { orgId: 1, version: 1, hasThemes: { $isArray: '$themes' } } },
      { $group: { _id: '$orgId', version: { $first: '$version' }, hasThemes: { $first: '$hasThemes' } } },
      { $sort: { _id: 1 } },
    ]);
    const byScope = new Map(found.map(({ _id, version, hasThemes }) => [_id ?? '', { version, hasThemes }]));
    return { byScope, revision: JSON.stringify(found) };
  }

  /** The `_id` of the taxonomy that is active for an org; undefined for the default one. */
  function activeId(orgId: string | null): string | undefined {
    for (const scope of orgId === null ? [''] : [orgId, '']) {
      const head = heads.current().byScope.get(scope);
      if (head?.hasThemes) return `${scope} ${head.version}`;
    }
    return undefined;
  }

  async function load(ids: Iterable<string | undefined>): Promise<Map<string | undefined, ActiveTaxonomy>> {
    const loaded = new Map([[undefined as string | undefined, defaultActive]]);
    const missing: string[] = [];
    for (const id of ids) {
      if (id === undefined) continue;
      const taxonomy = cached.get(id);
      if (taxonomy) loaded.set(id, taxonomy);
      else missing.push(id);
    }
    if (missing.length === 0) return loaded;
    const found = await models.taxonomies.find({ _id: { $in: missing } }).lean<TaxonomyDocument[]>();
    for (const { _id, orgId, version, themes } of found) {
      const source = orgId === null ? 'deployment' : 'org';
      const taxonomy = activeTaxonomy(source, version, themes ?? defaultTaxonomy);
      cached.set(_id, taxonomy);
      loaded.set(_id, taxonomy);
    }
    return loaded;
  }

  async function of(orgIds: Iterable<string | null>) {
    await heads.load();
    const ids = new Map([...new Set(orgIds)].map((orgId) => [orgId, activeId(orgId)]));
    const loaded = await load(new Set(ids.values()));
    return (orgId: string | null) => loaded.get(ids.get(orgId)) ?? defaultActive;
  }

  return {
    of,
    async analyzersOf(orgIds) {
      const taxonomyOf = await of(orgIds);
      return (orgId) => {
        const { findThemes, analysisVersion } = taxonomyOf(orgId);
        return (text) => {
          const analysis = analyzeText(text, findThemes);
          analysis.version = analysisVersion;
          return analysis;
        };
      };
    },
    async hasTheme(id) {
      const found = await models.taxonomies
        .exists({ $or: [{ 'themes.id': id }, { 'themes.themes.id': id }] })
        .maxTimeMS(SEARCH_TIMEOUT_MS);
      return found !== null;
    },
    refresh: heads.refresh,
    revision: () => heads.current().revision,
    close: heads.close,
  };
}

function activeTaxonomy(source: ActiveTaxonomy['source'], version: number, themes: Taxonomy): ActiveTaxonomy {
  const suffix = source === 'shipped' ? '' : `+${source}@${version}`;
  return {
    source,
    version,
    themes,
    findThemes: createThemeFinder(themes),
    // Without the org, which every feedback names itself.
    analysisVersion: `${ANALYSIS_VERSION}${suffix}`,
  };
}
