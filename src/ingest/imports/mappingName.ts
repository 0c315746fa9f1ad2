import { z } from 'zod';

const MAPPING_NAME = 'must be 1 to 100 letters, digits, ".", "_" or "-"';
/** The name of a saved mapping, which is a part of a path. */
export const mappingNameSchema = z
  .string({ error: MAPPING_NAME })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, { error: MAPPING_NAME });
