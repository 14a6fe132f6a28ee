import { raceToAdmit } from './admit-race.js';
import { raceToCancel } from './cancel-race.js';
import { raceToConfirm } from './confirm-race.js';
import { raceToEdit } from './edit-race.js';
import { raceToHold } from './hold-race.js';
import type { VerbRace } from './race.js';

/** The races of all verbs but `buy`, which the command has itself. */
export const verbRaces = {
  hold: raceToHold,
  confirm: raceToConfirm,
  cancel: raceToCancel,
  admit: raceToAdmit,
  edit: raceToEdit,
} as const satisfies Readonly<Record<string, VerbRace>>;
