import type { ServerResponse } from 'node:http';
import { type Problem, problemOf } from '../../http/problem.ts';
import type { FormErrors } from './layout.ts';

/** Pages load our own style sheet only, run no script, are not framed, and post forms to this origin only. */
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

/** Redirects with 303, so that the browser continues with GET. */
export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, {
    location,
    'content-type': 'text/html; charset=utf-8',
    'content-length': 0,
    'cache-control': 'no-store',
  });
  response.end();
}

/** Runs the work of a form. A Problem becomes the page of `pageOf`, with its status. Internal errors are rethrown. */
export async function withErrorPage(
  response: ServerResponse,
  work: () => Promise<void>,
  pageOf: (errors: Required<FormErrors> & { status: number }) => string,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 500 || response.headersSent) throw error;
    const page = pageOf({ ...formErrorsOf(problem), status: problem.status });
    sendPage(response, problem.status, page, problem.headers);
  }
}

function formErrorsOf({ message, errors }: Problem): Required<FormErrors> {
  if (!errors) return { problem: message, fieldErrors: {} };
  const sentences = errors.map((error) => [
    error.pointer.slice(1),
    `${LABELS[error.pointer] ?? error.pointer} ${error.message}.`,
  ]);
  return {
    problem: sentences.map(([, sentence]) => sentence).join(' '),
    fieldErrors: Object.fromEntries(sentences),
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
