import { type Html, html } from '../../http/html.ts';

/** What went wrong, in a sentence, shown first. */
export interface WithProblem {
  problem?: string | undefined;
  /** the names of the fields that it is about */
  wrong?: readonly string[];
}

interface Field extends WithProblem {
  name: string;
  label: string;
  type: 'email' | 'password' | 'text';
  autocomplete: string;
  value?: string;
  hint?: string;
  /** what is wrong with it, in a sentence, told beside it */
  error?: string | undefined;
  focus?: boolean;
  optional?: boolean;
}

/** A field of a form, with its label. */
export function field(options: Field): Html {
  const { name, label, type, autocomplete, value, hint, error, focus, optional, problem, wrong } = options;
  const described = [
    error !== undefined && `${name}-error`,
    problem !== undefined && 'problem',
    hint !== undefined && `${name}-hint`,
  ];
  const describedBy = described.filter(Boolean).join(' ');
  return html`<div><label for="${name}">${label}${optional && html` <small>(optional)</small>`}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" maxlength="${MAX_CHARACTERS[type]}"${
    value && html` value="${value}"`
  }${type === 'email' && html` autocapitalize="none" spellcheck="false"`}${!optional && html` required`}${
    wrong?.includes(name) && html` aria-invalid="true"`
  }${describedBy && html` aria-describedby="${describedBy}"`}${focus && html` autofocus`}>
${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}</div>`;
}

/** An address that is not to be changed, and that tells password managers whose password it is. */
export const knownEmail = (email: string) =>
  html`<div><label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" value="${email}" readonly></div>`;

const MAX_CHARACTERS = { email: '254', text: '100', password: '800' };

/** It takes the focus, so that it is read out first and the next Tab leads to the form. */
export const alertOf = (problem: string | undefined) =>
  problem !== undefined &&
  html`<p class="problem" id="problem" role="alert" tabindex="-1" autofocus>${problem}</p>`;

export const noticeOf = (notice: string | undefined) =>
  notice !== undefined && html`<p class="notice" role="status">${notice}</p>`;

/** With a problem, the title says so first: it is what is read out when a page comes. */
export function page(title: string, content: Html, problem?: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${problem !== undefined && 'Error: '}${title} · feedback-tracker</title>
<link rel="stylesheet" href="/sign-in.css">
</head>
<body>
<main>
<p class="brand">feedback-tracker</p>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.text;
}
