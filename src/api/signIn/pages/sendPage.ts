import type { ServerResponse } from 'node:http';
import { type Problem, problemOf } from '../../http/problem.ts';

/** Nothing but our own style, nothing inline, nothing framed, and forms that go nowhere else. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

export function sendPage(
  response: ServerResponse,
  status: number,
  page: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(page);
}

/** On to another page, by GET. */
export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, {
    location,
    'content-type': 'text/html; charset=utf-8',
    'content-length': 0,
    'cache-control': 'no-store',
  });
  response.end();
}

/** A refusal as a page shows it. */
export interface FormErrors {
  status: number;
  /** in sentences */
  problem: string;
  /** the names of the fields that are wrong */
  invalidFields: string[];
  /** what is wrong with each of them, in a sentence */
  beside: Record<string, string>;
}

/**
 * Runs what a form asks for; a refusal is shown on the page that `pageOf` makes, under its status. Faults of ours are
 * left to whoever logs them.
 */
export async function withErrorPage(
  response: ServerResponse,
  work: () => Promise<void>,
  pageOf: (shown: FormErrors) => string,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 500 || response.headersSent) throw error;
    sendPage(response, problem.status, pageOf(shownOf(problem)), problem.headers);
  }
}

function shownOf({ status, message, errors }: Problem): FormErrors {
  if (!errors) return { status, problem: message, invalidFields: [], beside: {} };
  const beside = errors.map(({ pointer, message: what }) => [
    pointer.slice(1),
    `${LABELS[pointer] ?? pointer} ${what}.`,
  ]);
  return {
    status,
    problem: beside.map(([, sentence]) => sentence).join(' '),
    invalidFields: beside.map(([name = '']) => name),
    beside: Object.fromEntries(beside),
  };
}

const LABELS: Partial<Record<string, string>> = {
  '/email': 'E-mail',
  '/name': 'Name',
  '/password': 'Password',
  '/current': 'The current password',
  '/next': 'The new password',
  '/again': 'What you typed the second time',
};
