import type { Taxonomy } from '../../src/analysis/taxonomy/taxonomy.ts';

/** Themes of coaching sessions by the GROW method: its four steps, the bond with the coach, and the pace. */
export const coachingTaxonomy: Taxonomy = [
  {
    id: 'goal',
    label: 'Goal',
    description: 'What the person wants: setting, sharpening and keeping sight of goals.',
    terms:
      'goal, objective, target, aim, ambition, aspiration, purpose, vision, want to achieve, what i want, outcome, focus on, north star, success look, milestone',
    themes: [
      {
        id: 'goal-clarity',
        label: 'Clear goals',
        description: 'Whether a goal is concrete and measurable.',
        terms:
          'clear goal, vague goal, specific goal, smart goal, measurable, realistic goal, goal setting, set a goal, define my goal, goal was unclear, clearer goal',
      },
    ],
  },
  {
    id: 'reality',
    label: 'Reality',
    description: 'Where the person stands now: facts, feelings, obstacles.',
    terms:
      'reality, current situation, where i am, where i stand, starting point, obstacle, challenge, barrier, blocker, self assessment, self awareness, blind spot, strength, weakness, reflect, reflection, what is happening, honest look, insight, root cause',
    except: 'virtual reality, augmented reality',
  },
  {
    id: 'options',
    label: 'Options',
    description: 'What could be done: ideas, alternatives, ways forward.',
    terms:
      'option, alternative, possibility, idea, brainstorm, brainstorming, different way, new perspective, other perspective, choices, explore, solution, strategy, ways forward, approach',
    except: 'payment option, export option, pricing option, option in the menu, option in settings',
  },
  {
    id: 'will',
    label: 'Will',
    description: 'What will be done: commitment, next steps, follow-up.',
    terms:
      'will step, will do, next step, action plan, action item, action step, commit, commitment, follow up, follow through, accountable, accountability, to do, homework, deadline, motivation, motivated, plan for, habit, takeaway, put into practice',
    themes: [
      {
        id: 'will-follow-up',
        label: 'Follow-up',
        description: 'Whether what was agreed is taken up again.',
        terms:
          'follow up, check in, accountability, remind me, hold me accountable, last session, between sessions',
      },
    ],
  },
  {
    id: 'rapport',
    label: 'Rapport',
    description: 'The bond with the coach: trust, listening, empathy, being understood.',
    terms:
      'rapport, trust, listen, listened to, heard, understood, understanding, empathy, empathetic, caring, warm, kind, respectful, judged, judgment, judgement, safe space, comfortable, connection, supportive, encouraging, encouragement, patient, cold, robotic, human, relationship, personal, interrupted, dismissive, condescending',
    except: 'internet connection, bad connection, connection dropped, lost connection, personal data',
  },
  {
    id: 'pace',
    label: 'Pace',
    description: 'Length and rhythm: rushed or slow, too long or too short, too often or too seldom.',
    terms:
      'pace, rushed, rush, hurried, too fast, too slow, too long, too short, slow down, speed up, longer session, shorter session, session length, ran out of time, more time, run over, overran, minutes, frequency, every week, weekly, too often, tempo, breathing space, dragged',
    except: 'load time, loading time, minutes to load',
  },
];
