import { readFileSync } from 'node:fs';

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}
