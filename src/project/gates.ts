/** The five gates of a ticket, in the order in which it goes through them. */
export const gates = ['plan', 'implement', 'lint', 'review', 'commit'] as const;
export type Gate = (typeof gates)[number];

/** How much is asked of a ticket, in one key of the configuration. */
export const profiles = ['light', 'standard', 'strict'] as const;
export type Profile = (typeof profiles)[number];

const gatesOfProfile: Readonly<Record<Profile, readonly Gate[]>> = {
  light: ['implement', 'lint', 'commit'],
  standard: gates,
  strict: gates,
};

/** The gates that a ticket must have evidence of before it is completed, in order. */
export function requiredGates(config: { readonly profile: Profile }): readonly Gate[] {
  return gatesOfProfile[config.profile];
}

/** Whether a person may let a gate pass by `gate waive`. Not under the strict profile. */
export function waiversAllowed(config: { readonly profile: Profile }): boolean {
  return config.profile !== 'strict';
}
