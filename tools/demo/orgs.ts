import type { Language, TopicId } from './text/types.ts';

export interface OrgProfile {
  id: string;
  /** Share of people who write in a language other than English. */
  languages: Partial<Record<Language, number>>;
  offsetHours: number;
  cal: 'Outlook' | 'Google Calendar';
  chat: 'Teams' | 'Slack';
  sso: 'Okta' | 'Microsoft' | 'Google';
  /** Topics that the org's people complain about, and praise, more than others do. */
  peeve: TopicId;
  strength: TopicId;
}

function org(
  id: string,
  offsetHours: number,
  tools: 'microsoft' | 'google',
  peeve: TopicId,
  strength: TopicId,
  languages: Partial<Record<Language, number>> = {},
): OrgProfile {
  const [cal, chat] = tools === 'microsoft' ? (['Outlook', 'Teams'] as const) : (['Google Calendar', 'Slack'] as const);
  const sso = id.length % 3 === 0 ? 'Okta' : tools === 'microsoft' ? 'Microsoft' : 'Google';
  return { id, languages, offsetHours, cal, chat, sso, peeve, strength };
}

/** The 40 orgs, from the largest to the smallest. */
export const orgProfiles: readonly OrgProfile[] = [
  org('org-meridian-health', 0, 'microsoft', 'login', 'coach'),
  org('org-tidewell', -5, 'microsoft', 'mobile', 'sessions'),
  org('org-quillstone', -8, 'google', 'integrations', 'design'),
  org('org-fernhill-bank', 0, 'microsoft', 'privacy', 'reports'),
  org('org-bergmann-werke', 1, 'microsoft', 'export', 'goals', { de: 0.42, pl: 0.03 }),
  org('org-lumen-academy', 1, 'google', 'content', 'method'),
  org('org-copperline', -6, 'microsoft', 'sync', 'support'),
  org('org-novapeak', -7, 'google', 'ai', 'performance'),
  org('org-costa-clara', 1, 'google', 'calendar', 'coach', { es: 0.6 }),
  org('org-atelier-vidal', 1, 'google', 'language', 'coach', { fr: 0.6 }),
  org('org-hartwell-council', 0, 'microsoft', 'accessibility', 'privacy'),
  org('org-ninefold', 10, 'google', 'search', 'actions'),
  org('org-rio-bonito', -3, 'google', 'billing', 'mobile', { pt: 0.6 }),
  org('org-silverbirch', -5, 'microsoft', 'teams', 'checkins'),
  org('org-osprey-air', 0, 'microsoft', 'calls', 'sessions'),
  org('org-kestrel-foods', -6, 'microsoft', 'onboarding', 'coach'),
  org('org-blauberg', 1, 'microsoft', 'reports', 'method', { de: 0.5 }),
  org('org-pinnacle-legal', -5, 'microsoft', 'billing', 'coach'),
  org('org-greywater', 8, 'google', 'crashes', 'ai'),
  org('org-marlowe-media', 0, 'google', 'design', 'content'),
  org('org-oakridge-schools', -6, 'google', 'onboarding', 'goals'),
  org('org-lindqvist', 1, 'microsoft', 'language', 'design'),
  org('org-halcyon', -8, 'google', 'performance', 'ai'),
  org('org-redbrook', 0, 'microsoft', 'support', 'sessions'),
  org('org-wisla-soft', 1, 'google', 'integrations', 'performance', { pl: 0.15 }),
  org('org-harborview', -5, 'microsoft', 'calls', 'coach'),
  org('org-torres-mir', 1, 'google', 'login', 'method', { es: 0.5 }),
  org('org-sakurai-tech', 9, 'google', 'language', 'actions', { ja: 0.15 }),
  org('org-brightloom', 5, 'google', 'mobile', 'onboarding'),
  org('org-stonegate', -7, 'microsoft', 'export', 'reports'),
  org('org-verdant', 0, 'google', 'content', 'goals'),
  org('org-delacroix', 1, 'microsoft', 'calendar', 'ai', { fr: 0.5 }),
  org('org-cobalt-labs', -8, 'google', 'search', 'design'),
  org('org-amberfield', 0, 'microsoft', 'sessions', 'support'),
  org('org-juniper-care', -6, 'microsoft', 'accessibility', 'coach'),
  org('org-northgate', 10, 'microsoft', 'teams', 'actions'),
  org('org-tamarind', 8, 'google', 'crashes', 'mobile'),
  org('org-whitlock', 0, 'microsoft', 'privacy', 'checkins'),
  org('org-zephyr', -5, 'google', 'goals', 'performance'),
  org('org-little-wren', 0, 'google', 'billing', 'support'),
];

/** Given names by language, for ids and sign-offs. */
export const givenNames: Record<Language, readonly string[]> = {
  en: [
    'Alice',
    'Ben',
    'Chloe',
    'Dan',
    'Ella',
    'Fiona',
    'George',
    'Harriet',
    'Isaac',
    'Jess',
    'Kofi',
    'Liam',
    'Maya',
    'Nora',
    'Oscar',
    'Paula',
    'Quentin',
    'Ravi',
    'Sara',
    'Theo',
    'Uma',
    'Victor',
    'Wendy',
    'Yasmin',
    'Zoe',
    'Arjun',
    'Mei',
    'Diego',
    'Aisha',
    'Tyler',
  ],
  de: ['Anna', 'Jonas', 'Katrin', 'Lukas', 'Miriam', 'Stefan', 'Ute', 'Felix', 'Heike', 'Jan'],
  fr: ['Camille', 'Hugo', 'Louise', 'Mathis', 'Sylvie', 'Antoine', 'Nadège', 'Julien'],
  es: ['Carmen', 'Javier', 'Marta', 'Pablo', 'Rosa', 'Sergio', 'Elena', 'Andrés'],
  pt: ['Ana', 'Bruno', 'Camila', 'Rafael', 'Joana', 'Thiago', 'Larissa', 'Paulo'],
  ja: ['Haruka', 'Kenta', 'Misaki', 'Sho', 'Yui'],
  pl: ['Agnieszka', 'Bartek', 'Kasia', 'Marek', 'Ola', 'Tomasz'],
};
