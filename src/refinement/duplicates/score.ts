/** What two tickets have in common and what stands against it, each 0 to 1 where nothing else is said. */
export interface Comparison extends Likeness {
  /** Titles alike but for one place, where each says what the other ticket does not know. */
  readonly sibling: number;
  /** Share of a title that is a topic which the other ticket does not know, the mean of the two directions. */
  readonly lonely: number;
  /** How many of the titles ask for a kind of work that the other ticket does not know, 0 to 2. */
  readonly work: number;
  /** 1 when one title asks for the opposite of what the other ticket speaks of. */
  readonly opposed: number;
  /** 1 when the titles contradict each other, or somebody has put the two in a relation. */
  readonly conflict: number;
}

/** What two tickets have in common. */
export interface Likeness {
  /** Share of a title that the other ticket says somewhere, the better of the two directions. */
  readonly title: number;
  /** Share of a ticket that the other one says, the mean of the two directions. */
  readonly text: number;
  /** How much the shared words weigh: ln(1 + their sum) / 4, less for long texts. */
  readonly shared: number;
  /**
   * Where one of them names no files: how many words both have that hardly any other ticket has, ln(1 + their sum of 4 / n², n the
   * tickets with the word) / 2, less for long texts. Tickets that share a file share such words with their neighbours.
   */
  readonly rare: number;
  /** Share of the smaller list of affected files that is in the other one; 0 when one of them names none. */
  readonly files: number;
  /** 1 when one of them names no files. */
  readonly noFiles: number;
}

/** The constant of the logistic regression: what two tickets have that share nothing. */
const INTERCEPT = -9.2;

/**
 * What each part of a comparison counts: a logistic regression with fixed signs over the tuning halves of the labelled tickets in
 * `tests/refinement/duplicates` (`node scripts/fit-duplicates.mjs`), to which `rare` was added by hand: the intercept, `text` and
 * `noFiles` were lowered for it to what names most odd-numbered pairs of `independent.yaml` with every floor of the tests held.
 */
const coefficients: Readonly<Record<keyof Comparison, number>> = {
  title: 3.7,
  text: 2.6,
  shared: 3.9,
  rare: 3,
  files: 3.4,
  noFiles: 1.3,
  sibling: -3.4,
  lonely: -1.8,
  work: -1,
  opposed: -1.7,
  conflict: -3.8,
};

/** How likely two tickets ask for the same, 0 to 1. */
export function scoreOf(one: Comparison): number {
  const { sibling, lonely, work, opposed: against, conflict } = coefficients;
  return logistic(
    likeness(one) +
      sibling * one.sibling +
      lonely * one.lonely +
      work * one.work +
      against * one.opposed +
      conflict * one.conflict,
  );
}

function likeness(one: Likeness): number {
  const { title, text, shared, rare, files, noFiles } = coefficients;
  return (
    INTERCEPT +
    title * one.title +
    text * one.text +
    shared * one.shared +
    rare * one.rare +
    files * one.files +
    noFiles * one.noFiles
  );
}

function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** The score that two tickets would have if nothing stood against it: most candidates need no closer look. */
export function highestScore(one: Likeness, conflict = false): number {
  return logistic(likeness(one) + (conflict ? coefficients.conflict : 0));
}
