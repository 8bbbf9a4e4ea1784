import type { Generated } from 'kysely';

/** Files of credits and their releases. No batch writes them. */
export type CreditTables = {
  credit_file: {
    source: string;
    file_date: string;
    file_no: number;
    hash: string;
    rows: number;
    total: bigint;
    reverses_date: string | null;
    reverses_no: number | null;
    proposed_by: Generated<string>;
    proposed_at: bigint;
    withdrawn_by: string | null;
    withdrawn_at: bigint | null;
    done_at: bigint | null;
    refused: number | null;
  };
  credit_release: {
    source: string;
    file_date: string;
    file_no: number;
    proposed_by: string;
    released_by: Generated<string>;
    released_at: bigint;
  };
};
