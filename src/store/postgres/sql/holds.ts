const holdColumns = `
h.id, h.event, h.customer, h.quantity, h.amount::float8 as amount, h.currency, h.until
`;

export interface HoldRow {
  readonly id: string;
  /** The number of its event. */
  readonly event: number;
  readonly customer: string;
  readonly quantity: number;
  readonly amount: number;
  readonly currency: string;
  readonly until: Date;
}

/** The events of holds. `$1`: their ids. The event of a hold never changes. */
export const selectEventsOfHolds = `
select h.id as hold, e.id as event_id
from turnstile.holds h join turnstile.events e on e.number = h.event
where h.id = any ($1)
`;

/** The events of which a hold may have expired. */
export const selectEventsWithExpiry = `
select e.id as event_id
from turnstile.inventory i join turnstile.events e on e.number = i.event
where i.next_expiry <= clock_timestamp()
`;

/**
 * Of the holds that count, those of the events `$1` that have expired by `$2`, and those with the
 * ids `$3`. A batch needs no others.
 */
export const selectHoldsOfBatch = `
select ${holdColumns} from turnstile.holds h
where h.ended is null and h.event = any ($1) and h.until <= $2 and h.id <> all ($3)
union all
select ${holdColumns} from turnstile.holds h
where h.ended is null and h.id = any ($3)
`;

/** When the next hold of each of the events `$1` expires, after `$2`. */
export const selectNextExpiry = `
select event, min(until) as next_expiry from turnstile.holds
where ended is null and event = any ($1) and until > $2
group by event
`;

/** How many holds count at `$1`, of all events. */
export const countHolds = `
select count(*)::integer as holds from turnstile.holds where ended is null and until > $1
`;

/** What became of a hold. `$1`: its id. */
export const selectHoldEnd = `
select coalesce(ended, case when until <= clock_timestamp() then 'expired' end) as ended
from turnstile.holds where id = $1
`;
