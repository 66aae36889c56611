/** Kinds of advice: the word in a bullet's id, and the heading of its section. */
export const playbookSections = {
  strat: 'Strategies & Insights',
  err: 'Common Mistakes',
  cost: 'Cost Patterns',
  rev: 'Review Patterns',
} as const;
export type BulletKind = keyof typeof playbookSections;

export const ARCHIVED = 'Archived';

/** A piece of advice: `[strat-00001] helpful=3 harmful=0 :: text`. */
export interface Bullet {
  /** `strat-00001`. */
  readonly id: string;
  /** How often a ticket that was given it went well, and how often not. */
  readonly helpful: number;
  readonly harmful: number;
  readonly text: string;
  /** The heading above it; empty where there is none. */
  readonly section: string;
  /** 0-based. */
  readonly line: number;
}

const BULLET = /^(\s*(?:[-*+]\s+)?)\[([a-z]+-\d{5,})\] helpful=(\d{1,9}) harmful=(\d{1,9}) :: (.*)$/;

/** Every bullet of a playbook, in the file's order. What is no bullet is no business of ours. */
export function bulletsIn(playbook: string): Bullet[] {
  const bullets: Bullet[] = [];
  let section = '';
  let fenced = false;
  for (const [line, text] of playbook.split(/\r?\n/).entries()) {
    if (/^\s*(?:```|~~~)/.test(text)) fenced = !fenced;
    if (fenced) continue;
    const heading = /^##\s+(.+?)\s*#*$/.exec(text)?.[1];
    if (heading !== undefined) section = heading;
    const [, , id, helpful, harmful, advice] = BULLET.exec(text) ?? [];
    if (id === undefined || advice === undefined) continue;
    bullets.push({ id, helpful: Number(helpful), harmful: Number(harmful), text: advice, section, line });
  }
  return bullets;
}

/** Bullets that are given out. */
export function activeBullets(playbook: string): Bullet[] {
  return bulletsIn(playbook).filter(({ section }) => section !== ARCHIVED);
}

export function uses({ helpful, harmful }: Bullet): number {
  return helpful + harmful;
}

export interface PlaybookStats {
  /** Without the archived ones. */
  readonly total: number;
  /** Helpful more than 5 times, harmful at most once. */
  readonly high_performing: number;
  /** Used, and harmful at least as often as helpful. */
  readonly problematic: number;
  readonly unused: number;
  readonly archived: number;
  readonly by_section: Readonly<Record<string, number>>;
}

export function playbookStats(playbook: string): PlaybookStats {
  const all = bulletsIn(playbook);
  const active = all.filter(({ section }) => section !== ARCHIVED);
  const bySection = new Map<string, number>();
  for (const { section } of all) bySection.set(section, (bySection.get(section) ?? 0) + 1);
  return {
    total: active.length,
    high_performing: active.filter(({ helpful, harmful }) => helpful > 5 && harmful < 2).length,
    problematic: active.filter((one) => uses(one) > 0 && one.harmful >= one.helpful).length,
    unused: active.filter((one) => uses(one) === 0).length,
    archived: all.length - active.length,
    by_section: Object.fromEntries(bySection),
  };
}

export interface Selection {
  /** Prefix of the ticket's id. */
  readonly type: string;
  /** Words of the ticket (title, tags, file names), which decide between equals. */
  readonly words: readonly string[];
  readonly limit: number;
}

/** The section that comes first for a type of ticket. */
const firstSections: Readonly<Record<string, string>> = {
  BUG: playbookSections.err,
  FEAT: playbookSections.strat,
  SEC: playbookSections.rev,
};

/**
 * The advice for a ticket: its type's own section first, then by the share of helpful uses; between equals what shares more
 * words with the ticket. Never what was archived or has done more harm than good.
 */
export function selectBullets(playbook: string, { type, words, limit }: Selection): Bullet[] {
  const first = firstSections[type.toUpperCase()];
  const wanted = new Set(words.flatMap(wordsIn));
  const ranked = activeBullets(playbook)
    .filter(({ helpful, harmful }) => harmful <= helpful)
    .map((bullet) => ({
      bullet,
      tier: bullet.section === first ? 0 : 1,
      share: bullet.helpful / Math.max(1, uses(bullet)),
      shared: new Set(wordsIn(bullet.text).filter((word) => wanted.has(word))).size,
    }));
  return ranked
    .sort(
      (a, b) => a.tier - b.tier || b.share - a.share || b.shared - a.shared || a.bullet.line - b.bullet.line,
    )
    .slice(0, limit)
    .map(({ bullet }) => bullet);
}

/** Short words say nothing of what a text is about. */
function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
}
