import type { RoleIn } from '../models/person.ts';
import { type Html, html } from './html.ts';

/** What went wrong, in a sentence, shown first. */
interface WithProblem {
  problem?: string | undefined;
  /** the names of the fields that it is about */
  wrong?: readonly string[];
}

/** The form to sign in by. `email` is what was typed before. */
export function signInPage(
  options: WithProblem & { notice?: string | undefined; email?: string; hasProvider: boolean },
): string {
  const { problem, wrong = [], notice, email = '', hasProvider } = options;
  const isFirst = problem === undefined;
  return page(
    'Sign in',
    html`${alertOf(problem)}${noticeOf(notice)}
<form method="post" action="/v1/session">
${field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'username', value: email, focus: isFirst, problem, wrong })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', problem, wrong })}
<button type="submit">Sign in</button>
</form>
${hasProvider && html`<p class="or"><span>or</span></p>\n<a class="button" href="/v1/session/oidc">Continue with single sign-on</a>`}`,
    problem,
  );
}

/** The form that a one-time link leads to: a new password, and for the first admin an address. */
export function welcomePage(
  options: WithProblem & { token: string; email?: string; name?: string; isFirst: boolean },
): string {
  const { problem, wrong = [], token, email = '', name = '', isFirst } = options;
  return page(
    isFirst ? 'Welcome' : 'Choose a password',
    html`<p>${isFirst ? 'You will be the first admin: you see everything and let others in.' : 'With it you sign in from now on.'}</p>
${alertOf(problem)}
<form method="post" action="/welcome">
<input type="hidden" name="token" value="${token}">
${
  isFirst
    ? field({
        name: 'email',
        label: 'E-mail',
        type: 'email',
        autocomplete: 'username',
        value: email,
        focus: !problem,
        problem,
        wrong,
      })
    : html`<div><label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" value="${email}" readonly></div>`
}
${field({ name: 'name', label: 'Name', type: 'text', autocomplete: 'name', value: name, focus: !isFirst && !problem, optional: true, problem, wrong })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', hint: 'At least 12 characters. A few words that do not belong together are strong and easy to keep.', problem, wrong })}
<button type="submit">${isFirst ? 'Create the account' : 'Save and sign in'}</button>
</form>`,
    problem,
  );
}

/** For a link that leads nowhere any more. */
export function deadLinkPage(): string {
  return page(
    'This link no longer works',
    html`<p>It was used, replaced by a newer one, or is more than a day old. Ask whoever gave it to you for another.</p>
<p><a class="button" href="/sign-in">Sign in</a></p>`,
  );
}

/** For somebody who is signed in. */
export function signedInPage(person: { email: string; name: string; roles: readonly RoleIn[] }): string {
  return page(
    'You are signed in',
    html`<dl>
<dt>Name</dt><dd>${person.name || '–'}</dd>
<dt>E-mail</dt><dd>${person.email}</dd>
<dt>Roles</dt><dd>${
      person.roles.length === 0
        ? 'none yet'
        : html`<ul>${person.roles.map(({ role, orgId }) => html`<li>${role} ${orgId === null ? 'everywhere' : html`in <b>${orgId}</b>`}</li>`)}</ul>`
    }</dd>
</dl>
<form method="post" action="/v1/session/sign-out"><button type="submit">Sign out</button></form>
<form method="post" action="/v1/session/sign-out-everywhere"><button type="submit" class="quiet">Sign out everywhere</button></form>`,
  );
}

interface Field extends WithProblem {
  name: string;
  label: string;
  type: 'email' | 'password' | 'text';
  autocomplete: string;
  value?: string;
  hint?: string;
  focus?: boolean;
  optional?: boolean;
}

function field(options: Field): Html {
  const { name, label, type, autocomplete, value, hint, focus, optional, problem, wrong } = options;
  const described = [problem !== undefined && 'problem', hint !== undefined && `${name}-hint`];
  const describedBy = described.filter(Boolean).join(' ');
  return html`<div><label for="${name}">${label}${optional && html` <small>(optional)</small>`}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" maxlength="${MOST_CHARACTERS[type]}"${
    value && html` value="${value}"`
  }${type === 'email' && html` autocapitalize="none" spellcheck="false"`}${!optional && html` required`}${
    wrong?.includes(name) && html` aria-invalid="true"`
  }${describedBy && html` aria-describedby="${describedBy}"`}${focus && html` autofocus`}>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}</div>`;
}

const MOST_CHARACTERS = { email: '254', text: '100', password: '800' };

/** It takes the focus, so that it is read out first and the next Tab leads to the form. */
const alertOf = (problem: string | undefined) =>
  problem !== undefined &&
  html`<p class="problem" id="problem" role="alert" tabindex="-1" autofocus>${problem}</p>`;

const noticeOf = (notice: string | undefined) =>
  notice !== undefined && html`<p class="notice" role="status">${notice}</p>`;

/** With a problem, the title says so first: it is what is read out when a page comes. */
function page(title: string, content: Html, problem?: string): string {
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
