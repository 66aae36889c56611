import { linkSync } from 'node:fs';
import { type Clock, timestamp } from './clock.ts';
import { errnoOf } from './errors.ts';
import { writeFailure } from './files.ts';

/**
 * Keeps a file that cannot be read, before a new one takes its name: a second name for the old content (link(2) never
 * overwrites); the first name is then replaced atomically.
 * @returns the second name, absolute
 */
export function setAside(file: string, clock: Clock): string {
  const time = timestamp(clock).replaceAll(':', '-');
  for (let attempt = 0; ; attempt++) {
    const aside = `${file}.corrupt-${time}${attempt === 0 ? '' : `-${attempt}`}`;
    try {
      linkSync(file, aside);
      return aside;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST' && attempt < 1000) continue;
      throw writeFailure(aside, error);
    }
  }
}
