import { type Html, html } from '../../http/html.ts';

/** Errors that a page shows. */
export interface FormErrors {
  /** all of them, in sentences */
  problem?: string | undefined;
  /** a sentence for each invalid field, by the field's name */
  fieldErrors?: Record<string, string> | undefined;
}

interface Field extends FormErrors {
  name: string;
  label: string;
  type: 'email' | 'password' | 'text';
  autocomplete: string;
  value?: string;
  hint?: string;
  /** sentence shown below the field */
  error?: string | undefined;
  focus?: boolean;
  optional?: boolean;
}

/** A form field with its label, hint and error. */
export function field(options: Field): Html {
  const { name, label, type, autocomplete, value, hint, error, focus, optional, problem, fieldErrors } = options;
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
    fieldErrors && Object.hasOwn(fieldErrors, name) && html` aria-invalid="true"`
  }${describedBy && html` aria-describedby="${describedBy}"`}${focus && html` autofocus`}>
${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}</div>`;
}

export const emailField = (errors: FormErrors, value: string) =>
  field({
    ...errors,
    name: 'email',
    label: 'E-mail',
    type: 'email',
    autocomplete: 'username',
    value,
    focus: !errors.problem,
  });

export function nameField(errors: FormErrors, value: string, isFocused: boolean): Html {
  const focus = isFocused && !errors.problem;
  return field({
    ...errors,
    name: 'name',
    label: 'Name',
    type: 'text',
    autocomplete: 'name',
    value,
    focus,
    optional: true,
  });
}

export const passwordField = (errors: FormErrors, rest: Pick<Field, 'autocomplete' | 'hint'>) =>
  field({ ...errors, ...rest, name: 'password', label: 'Password', type: 'password' });

/** Properties of a field for a new password. */
export const NEW_PASSWORD = {
  autocomplete: 'new-password',
  hint: 'At least 12 characters. A few words that do not belong together are strong and easy to keep.',
};

/** A read-only address; it tells password managers which account the password belongs to. */
export const knownEmail = (email: string) =>
  html`<div><label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" value="${email}" readonly></div>`;

const MAX_CHARACTERS = { email: '254', text: '100', password: '800' };

/** An alert with the focus: screen readers read it first, and the next Tab leads to the form. */
export const alertOf = (problem: string | undefined) =>
  problem !== undefined && html`<p class="problem" id="problem" role="alert" tabindex="-1" autofocus>${problem}</p>`;

export const noticeOf = (notice: string | undefined) =>
  notice !== undefined && html`<p class="notice" role="status">${notice}</p>`;

/** A whole page. With a problem, the title starts with "Error", since screen readers read the title first. */
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
