/** Style sheet of the sign-in pages. */
export const SIGN_IN_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f3f4f7, #14161a);
  --card: light-dark(#fff, #1d2026);
  --text: light-dark(#1b1e24, #eceef2);
  --soft: light-dark(#555c69, #a9b0bd);
  --line: light-dark(#878e9b, #727a88);
  --edge: light-dark(#dfe2e8, #2e323a);
  --accent: light-dark(#1f56c4, #8fb4ff);
  --on-accent: light-dark(#fff, #0d1a33);
  --bad: light-dark(#a4161a, #ffb3ae);
  --bad-ground: light-dark(#fdf0ef, #3a1d1d);
  --good-ground: light-dark(#edf6ef, #1b3022);
  font: 16px/1.5 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--text); }
main { width: 100%; max-width: 25rem; padding: 2rem; background: var(--card); border: 1px solid var(--edge); border-radius: .875rem; box-shadow: 0 1px 2px #0001, 0 8px 32px #00000012; }
h1 { margin: 0 0 1.25rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
p { margin: 0 0 1.25rem; }
.brand { margin: 0 0 .25rem; color: var(--soft); font-size: .875rem; }
form > div { margin-bottom: 1.125rem; }
form + form, form + .button, .button + form { margin-top: .75rem; }
label { display: block; margin-bottom: .3rem; font-weight: 600; font-size: .9375rem; }
small { font-weight: 400; font-size: inherit; color: var(--soft); }
input { display: block; width: 100%; padding: .625rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .5rem; }
input[readonly] { border-style: dashed; color: var(--soft); }
input[aria-invalid] { border-color: var(--bad); }
button, .button { display: block; width: 100%; padding: .6875rem 1rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; border: 1px solid var(--accent); border-radius: .5rem; background: var(--accent); color: var(--on-accent); }
button:hover { filter: brightness(1.08); }
.button, .quiet { background: transparent; color: var(--accent); border-color: var(--line); }
.button:hover, .quiet:hover { background: color-mix(in srgb, var(--accent) 8%, transparent); filter: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hint { margin: .375rem 0 0; color: var(--soft); font-size: .875rem; }
form > .hint { margin-bottom: 1.125rem; }
.error { margin: .375rem 0 0; color: var(--bad); font-size: .875rem; font-weight: 600; }
.problem, .notice { padding: .75rem .875rem; border-radius: .5rem; font-size: .9375rem; }
.problem { background: var(--bad-ground); color: var(--bad); border: 1px solid currentcolor; }
.notice { background: var(--good-ground); }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.25rem 0; color: var(--soft); font-size: .875rem; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--edge); }
dl { display: grid; grid-template-columns: auto 1fr; gap: .375rem 1.25rem; margin: 0 0 1.75rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding: 0; list-style: none; }
main > p:last-child { margin-bottom: 0; }
@media (max-width: 28rem) { body { place-items: start stretch; padding: 0; background: var(--card); } main { border: 0; box-shadow: none; padding: 1.5rem 1.25rem; } }
`;
