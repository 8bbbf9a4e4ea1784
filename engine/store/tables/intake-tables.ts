import type { Generated } from 'kysely';

/** Applications that employers bring for their staff. No batch writes these rows. */
export type IntakeTables = {
  employer_agreement: {
    employer: string;
    name: string;
    region: string;
    agreement_no: string;
    from_day: string;
    until_day: string | null;
    bank: string | null;
    recorded_by: Generated<string>;
    recorded_at: bigint;
  };
  bank_binding: { region: string; person_type: string; bank: string };
  employer_batch: {
    batch_no: string;
    employer: string;
    hash: string;
    rows: number;
    received_by: Generated<string>;
    received_at: bigint;
    done_at: bigint | null;
    refused: number | null;
  };
  employer_batch_row: {
    shard: number;
    batch_no: string;
    line: number;
    person_no: string;
    application_no: string;
    bank: string;
    photo: string;
    refusal: string | null;
    detail: string | null;
  };
};
