/** What was inserted is there already, and the transaction has been given up for it. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: number }).code === 11000;
}
