import type { Generated } from 'kysely';

/** Files of insurers. No batch writes them; their rows are in `insurance_change`. */
export type InsuranceTables = {
  insurance_file: {
    source: string;
    file_date: string;
    file_no: number;
    hash: string;
    rows: number;
    imported_by: Generated<string>;
    started_at: bigint;
    done_at: bigint | null;
    rejected: number | null;
  };
};
