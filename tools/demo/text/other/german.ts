import type { LanguagePack } from './pack.ts';

export const german: LanguagePack = {
  topics: [
    {
      id: 'performance',
      bad: [
        'die Seiten laden {ewig|unglaublich langsam}{, gerade morgens|}',
        'ich warte {jedes Mal|ständig} {20|30} Sekunden, bis {die Startseite|eine Sitzung} da ist',
        'in {Firefox|Edge} hängt alles, sobald ich länger tippe',
      ],
      good: ['{alles|die App} läuft flott{, auch im Zug|}', 'endlich mal ein Werkzeug, das sofort da ist'],
      want: ['Bitte macht die Startseite schneller'],
    },
    {
      id: 'notifications',
      bad: [
        'die Erinnerung kommt erst, wenn {der Termin vorbei ist|die Sitzung schon läuft}',
        'ich bekomme jede Erinnerung {doppelt|dreifach}, per Mail und aufs Handy',
        'die Benachrichtigungen lassen sich nicht abstellen{, egal was ich einstelle|}',
      ],
      good: [
        'die Erinnerungen kommen {jetzt endlich|inzwischen} pünktlich',
        'eine einzige Erinnerung zur richtigen Zeit, so muss das sein',
      ],
      want: ['Bitte Ruhezeiten für Benachrichtigungen einbauen'],
    },
    {
      id: 'calendar',
      bad: [
        'meine Termine tauchen in <cal> nicht auf',
        'der Kalenderabgleich bricht {ständig|immer wieder} ab, ich trage alles von Hand ein',
        'es bucht mir {in die Mittagspause|mitten in andere Termine} hinein',
      ],
      good: ['die Termine stehen sofort in <cal>', 'einen Termin zu verschieben dauert zehn Sekunden'],
      want: ['Eine Anbindung an <cal> wäre {super|Gold wert}', 'Ich hätte gern einen Puffer vor jeder Sitzung'],
    },
    {
      id: 'coach',
      bad: [
        '<coach> kam {zehn|fünfzehn} Minuten zu spät und kannte meine Notizen nicht',
        'ich hatte in drei Monaten vier verschiedene Coaches',
      ],
      good: [
        '<coach> hört {wirklich zu|einfach gut zu} und stellt die richtigen Fragen',
        'eine einzige Frage von <coach> hat {mir die Augen geöffnet|mehr gebracht als zwei Seminare}',
        'nach dem Gespräch mit <coach> habe ich immer einen Plan',
      ],
      want: ['Ich würde meinen Coach gern selbst aussuchen'],
    },
    {
      id: 'ai',
      bad: [
        'die KI wiederholt nur, was ich {gerade|ohnehin} gesagt habe',
        'die Antworten klingen wie aus dem Horoskop',
        'die KI vergisst mein Ziel von einer Sitzung zur nächsten',
      ],
      good: [
        'die Fragen der KI sind {erstaunlich|überraschend} gut',
        'abends um elf noch in Ruhe nachdenken können, ohne jemanden zu stören, das {mag ich sehr|ist viel wert}',
      ],
      want: ['Die KI sollte sich merken, was ich letzte Woche gesagt habe'],
    },
    {
      id: 'goals',
      bad: [
        'nicht jedes Ziel hat {eine Frist|eine Kennzahl}, die App besteht aber darauf',
        'alte Ziele lassen sich nicht archivieren',
      ],
      good: [
        'ich habe zum ersten Mal ein Ziel, das ich in einem Satz erklären kann',
        'die Schritte von Goal bis Will geben mir {Struktur|einen roten Faden}',
      ],
      want: ['Große Ziele möchte ich in kleine Schritte aufteilen können'],
    },
    {
      id: 'billing',
      bad: [
        '25 Dollar im Monat sind {mir zu viel|für eine Sitzung pro Woche happig}',
        'wir haben {zweimal|doppelt} dieselbe Rechnung bekommen, die Buchhaltung fragt täglich nach',
      ],
      good: ['der Preis ist fair für das, was man bekommt'],
      want: ['Eine Jahresrechnung würde vieles einfacher machen', 'Gibt es einen Tarif für kleine Teams?'],
    },
    {
      id: 'login',
      bad: ['ich werde {dauernd|mitten in der Sitzung} abgemeldet', 'die Anmeldung über <sso> dreht sich im Kreis'],
      good: ['die Anmeldung mit <sso> klappt auf Anhieb'],
      want: ['Bitte lasst mich auf dem eigenen Handy angemeldet bleiben'],
    },
    {
      id: 'export',
      bad: ['beim CSV-Export sind alle Umlaute kaputt', 'der PDF-Export schneidet meine Notizen ab'],
      good: ['das PDF kann ich so meiner Chefin geben'],
      want: ['Ein Export nach Excel fehlt mir', 'Ich möchte alle Sitzungen auf einmal exportieren'],
    },
    {
      id: 'design',
      bad: [
        'ich finde seit dem Umbau {nichts|meine Notizen nicht} mehr',
        'viel zu viele Klicks bis zu den eigenen Notizen',
        'die hellgraue Schrift kann {ich|man} kaum lesen',
      ],
      good: ['die Oberfläche ist ruhig und aufgeräumt', 'pro Seite eine Frage, mehr braucht es nicht'],
      want: ['Ein dunkles Design wäre schön'],
    },
    {
      id: 'mobile',
      bad: [
        'auf dem Handy verdeckt die Tastatur das Eingabefeld',
        'in der App fehlt die Hälfte von dem, was die Webseite kann',
      ],
      good: ['ich mache alles am Handy, {auf dem Weg zur Arbeit|in der Straßenbahn}, das klappt prima'],
      want: ['Bitte die Berichte auch in die App bringen'],
    },
    {
      id: 'language',
      bad: [
        'die Hälfte der Menüs ist noch auf Englisch',
        'manche Übersetzungen sind {holprig|schlicht falsch}, bitte jemanden drüberlesen lassen',
      ],
      good: ['dass ich auf Deutsch antworten kann, macht es viel persönlicher'],
      want: ['Bitte durchgehend auf Deutsch'],
    },
  ],
  contrasts: ['#g, aber #b', '#g. Leider: #b', '#b. Positiv: #g', 'insgesamt gut, nur: #b', '#g. Weniger schön: #b'],
  pairs: ['#1. Außerdem: #2', '#1, und #2', '#1. #2', '- #1\n- #2'],
  openers: {
    pleased: ['ganz ehrlich:', 'kurz und knapp:', 'nach zwei Monaten kann ich sagen:', 'großes Lob:'],
    displeased: ['leider:', 'Hallo,', 'schade:', 'zum wiederholten Mal:', 'ganz ehrlich:'],
  },
  asides: {
    pleased: [
      'Gerne weiter so',
      'Ich empfehle es im Kollegium weiter',
      'Das hätte ich nicht erwartet',
      'Hat sich gelohnt',
    ],
    displeased: [
      'So macht das keinen Spaß',
      'Meinen Kollegen geht es genauso',
      'Das kostet Zeit, die ich nicht habe',
      'Wenn sich da nichts tut, kündigen wir',
    ],
  },
  signOffs: ['Danke!', 'Viele Grüße, <me>', 'Danke und Gruß', 'LG <me>'],
  shorts: {
    pleased: ['super', 'top', 'passt', 'alles gut', 'sehr hilfreich', 'weiter so', '👍'],
    neutral: ['geht so', 'nichts', 'keine Angabe', 'na ja', 'ok', '-'],
    displeased: ['zu langsam', 'schlecht', 'nein', 'enttäuschend', 'zu kompliziert', '👎'],
  },
};
