import type { LanguagePack } from './pack.ts';

export const french: LanguagePack = {
  topics: [
    {
      id: 'performance',
      bad: [
        'les pages mettent {une éternité|vingt secondes|trente secondes} à se charger',
        "l'appli rame {tous les matins|dès que j'ouvre une séance}",
        "je passe plus de temps à attendre qu'à réfléchir",
      ],
      good: ["tout s'ouvre {instantanément|en une seconde}{, même dans le train|}", "c'est rapide et ça ne plante pas"],
      want: ["Est-ce qu'on pourrait avoir une version légère ?"],
    },
    {
      id: 'notifications',
      bad: [
        'les rappels arrivent {après la séance|une heure trop tard}',
        'je reçois {trois|quatre} fois le même rappel',
        'impossible de couper les notifications{, même le dimanche|}',
      ],
      good: [
        "les rappels arrivent {enfin|maintenant} à l'heure",
        "on peut {enfin|maintenant} choisir l'heure des rappels, merci",
      ],
      want: ["J'aimerais choisir l'heure des rappels"],
    },
    {
      id: 'calendar',
      bad: [
        "mes séances n'apparaissent pas dans <cal>",
        "la synchro avec <cal> casse {à chaque changement d'horaire|toutes les semaines}",
        'je me retrouve avec deux rendez-vous en même temps',
      ],
      good: ["la séance est dans <cal> avant même que je ferme l'onglet", 'déplacer un rendez-vous prend dix secondes'],
      want: ['Il manque vraiment une synchro avec <cal>'],
    },
    {
      id: 'coach',
      bad: [
        "<coach> avait {dix|quinze} minutes de retard et n'avait pas lu mes notes",
        "j'ai changé trois fois de coach en deux mois",
      ],
      good: [
        '<coach> sait {vraiment écouter|poser la bonne question au bon moment}',
        "une seule question de <coach> m'a débloqué",
        'je sors toujours de la séance avec <coach> plus {léger|serein}',
      ],
      want: ["J'aimerais pouvoir choisir mon coach"],
    },
    {
      id: 'ai',
      bad: [
        "l'IA répète ce que je viens de dire",
        "les réponses de l'IA sont {vagues|creuses}, on dirait un horoscope",
        "l'IA oublie mon objectif d'une séance à l'autre",
      ],
      good: [
        "les questions de l'IA sont étonnamment pertinentes",
        "pouvoir réfléchir à voix haute à 23 h sans déranger personne, {c'est précieux|j'adore}",
      ],
      want: ["Il faudrait que l'IA garde en mémoire nos échanges"],
    },
    {
      id: 'goals',
      bad: [
        "on m'oblige à mettre une date sur des objectifs qui n'en ont pas",
        "l'étape « réalité » est {interminable|trop longue}",
      ],
      good: [
        "pour la première fois j'ai un objectif clair",
        "les quatre étapes donnent un cadre simple, je m'en sers même {en réunion|à la maison}",
      ],
      want: ['Je voudrais pouvoir découper un objectif en étapes'],
    },
    {
      id: 'billing',
      bad: [
        "25 $ par mois, c'est {trop cher|beaucoup} pour une séance par semaine",
        'on nous a facturé deux fois le même mois',
        'obtenir une facture demande un mail à chaque fois',
      ],
      good: ['le prix est juste pour ce que ça apporte'],
      want: ['Y a-t-il un tarif pour les associations ?'],
    },
    {
      id: 'login',
      bad: ['je suis déconnecté {sans arrêt|en pleine séance}', 'le code de connexion arrive quand il est déjà expiré'],
      good: ['la connexion avec <sso> marche du premier coup'],
      want: ['Pouvoir rester connecté sur son propre téléphone serait bien'],
    },
    {
      id: 'design',
      bad: [
        'trop de menus, je ne retrouve jamais mes notes',
        'le texte gris clair est illisible',
        'le bouton « Suivant » reste caché sous le clavier',
      ],
      good: ["l'interface est {sobre et claire|reposante}", "une question par écran, rien de plus, c'est parfait"],
      want: ["Un mode sombre, s'il vous plaît"],
    },
    {
      id: 'support',
      bad: [
        'le support a mis six jours à répondre{ avec un lien vers la FAQ|}',
        'le robot du chat tourne en rond et on ne peut joindre personne',
      ],
      good: ["le support m'a répondu en dix minutes, un vrai être humain en plus"],
      want: ["Un numéro de téléphone, c'est possible ?"],
    },
  ],
  contrasts: [
    '#g, mais #b',
    '#g. Par contre, #b',
    '#b, dommage, parce que sinon #g',
    "dans l'ensemble c'est bien, mais #b",
  ],
  pairs: ['#1. En plus, #2', '#1, et #2', '#1. #2', '- #1\n- #2'],
  openers: {
    pleased: ['franchement,', 'après deux mois :', 'bravo :', 'honnêtement,'],
    displeased: ['désolé, mais', 'bonjour,', 'dommage :', 'encore une fois,', 'franchement,'],
  },
  asides: {
    pleased: ['Je le recommande à mes collègues', 'Continuez comme ça', "Je ne m'y attendais pas", 'Ça vaut le coup'],
    displeased: [
      "C'est pénible",
      'Mes collègues disent la même chose',
      'Si ça continue, on arrête',
      'Je perds un temps fou',
    ],
  },
  signOffs: ['Merci !', "Merci d'avance", 'Cordialement, <me>', 'Bonne continuation'],
  shorts: {
    pleased: ['super', 'parfait', 'rien à redire', 'très bien', 'top', 'génial', '👍'],
    neutral: ['bof', 'rien', 'ça va', 'sans avis', 'moyen', 'RAS'],
    displeased: ['trop lent', 'nul', 'déçu', 'pas terrible', 'non', 'trop compliqué'],
  },
};
